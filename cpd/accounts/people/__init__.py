"""Accounts and roles, as administrators manage them."""
