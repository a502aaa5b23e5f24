"""Pages of the profile, and for changing its email address."""
