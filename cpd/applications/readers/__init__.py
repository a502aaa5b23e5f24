"""Readers: people of an authority who may read all of a course for some time."""
