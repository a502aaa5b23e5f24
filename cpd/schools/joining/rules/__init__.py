"""Codes as people read them from a poster and type them."""
