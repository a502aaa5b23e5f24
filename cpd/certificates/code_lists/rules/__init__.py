"""Finding the codes in a list; pure."""
