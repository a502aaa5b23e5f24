"""Whether somebody needs credit for a course that they take."""
