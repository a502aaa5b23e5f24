"""People: sign-in, profile, professional licences, and who administers them."""
