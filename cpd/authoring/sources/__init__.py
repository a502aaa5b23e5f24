"""Reading, parsing and loading the files of a course."""
