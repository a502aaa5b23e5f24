"""Attempts and results: practice, exams, and the rules that mark them."""
