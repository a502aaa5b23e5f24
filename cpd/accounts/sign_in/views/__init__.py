"""Pages for signing in and out, for passwords, and for one's own sessions."""
