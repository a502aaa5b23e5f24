"""Signing up: an account is opened once its email address has been verified."""
