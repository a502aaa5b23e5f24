"""Schools, clinics and associations, and who belongs to them: what a role's scope can be."""
