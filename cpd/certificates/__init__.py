"""Issuing, showing and verifying certificates."""
