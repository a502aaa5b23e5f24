"""Decisions about credit as pure functions."""
