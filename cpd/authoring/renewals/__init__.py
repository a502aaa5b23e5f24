"""Courses that are due to be reviewed again."""
