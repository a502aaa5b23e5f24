"""Joining a class by an invitation or a code, and leaving a school."""
