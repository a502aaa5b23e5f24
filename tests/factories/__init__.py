"""Rows for tests, made by the real actions; each fills only what a row needs."""
