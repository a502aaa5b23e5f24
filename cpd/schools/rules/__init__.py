"""Decisions about schools; pure."""
