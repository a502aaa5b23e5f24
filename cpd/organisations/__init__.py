"""Schools, clinics and associations, and who belongs to them: the scopes of roles."""
