"""Approvals on file: the letters by which authorities approve the provider and its courses."""
