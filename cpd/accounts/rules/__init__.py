"""Decisions about accounts; pure."""
