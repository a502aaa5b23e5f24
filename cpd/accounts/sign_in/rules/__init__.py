"""Decisions about signing in; pure."""
