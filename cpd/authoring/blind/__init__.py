"""Deciding a case blind, as an account or as a guest: nothing here can reach a key."""
