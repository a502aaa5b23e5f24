"""Accounts and roles, as administrators look after them."""
