"""The forms an answer can take: one folder per kind, listed in the registry."""
