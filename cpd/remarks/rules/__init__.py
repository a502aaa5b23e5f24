"""Decisions about remarks: how many are accepted."""
