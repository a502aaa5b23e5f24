"""One answer from a list."""
