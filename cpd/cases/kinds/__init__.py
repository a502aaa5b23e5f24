"""The kinds of answer: one folder for each, listed in the registry."""
