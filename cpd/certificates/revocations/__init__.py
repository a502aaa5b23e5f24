"""Withdrawing a certificate, which takes two people."""
