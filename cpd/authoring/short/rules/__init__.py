"""Decisions of the short way: the names of new files."""
