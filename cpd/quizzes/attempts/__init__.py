"""Attempts: their cases and answers, what their pages may read, and their life cycle."""
