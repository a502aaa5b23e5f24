"""Checking a course: faults that block publishing, lint warnings, and tables of statistics."""
