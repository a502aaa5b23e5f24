"""Pages for signing in and out, for passwords, and for a person's own sessions."""
