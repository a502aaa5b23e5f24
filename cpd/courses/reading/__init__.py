"""Reading a course: its sections, how far its reader is, and the whole course on one page."""
