"""Decisions about studying: what is done, what is left, and what may be claimed."""
