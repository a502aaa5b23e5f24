"""Which try counts."""
