"""Grading: results computed from what is stored, written, backfilled, and checked again."""
