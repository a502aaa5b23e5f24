"""A kind of answer for tests: all options but one belong together, and that one is right."""
