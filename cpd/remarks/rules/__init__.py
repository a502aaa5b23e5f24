"""Decisions about remarks: how many are heard."""
