"""Decisions about accounts: pure, with time and facts given."""
