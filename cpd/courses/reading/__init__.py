"""Reading a course: its sections, the reader's progress, and the whole course on one page."""
