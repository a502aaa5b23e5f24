"""Decisions about assignments; pure."""
