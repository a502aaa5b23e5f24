"""Lessons: practice cases on the projector, one at a time, which a class decides on its phones."""
