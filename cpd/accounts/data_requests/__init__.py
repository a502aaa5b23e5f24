"""Requests by people for a copy of their data, or for the deletion of their account."""
