"""Pages of the profile, and of the change of its email address."""
