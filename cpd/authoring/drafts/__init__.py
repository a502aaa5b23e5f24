"""Drafts: the texts of course files that are being written here, and their history."""
