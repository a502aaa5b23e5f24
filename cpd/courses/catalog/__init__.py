"""Finding a course: the home page and the catalog."""
