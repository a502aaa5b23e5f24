"""The list of who should be in a class, as the school keeps it, and the invitations to join."""
