"""Pausing a version of a course that may be unsafe, and withdrawing it with a second person."""
