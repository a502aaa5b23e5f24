"""The page of a course: what it discloses before the start, and enrolling in it."""
