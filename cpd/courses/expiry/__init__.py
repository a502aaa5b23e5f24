"""Telling those who are taking a version that it is about to expire."""
