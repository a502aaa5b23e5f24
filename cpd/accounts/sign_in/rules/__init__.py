"""Decisions about signing in: pure, with time and facts given."""
