"""How words are compared when cases are searched."""
