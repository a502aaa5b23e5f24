"""Where the text of a course comes from, and how it is loaded."""
