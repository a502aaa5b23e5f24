"""Signing in and out: sessions, passwords, limits on guessing, and reauthentication."""
