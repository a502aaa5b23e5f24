"""Credit: what authorities count, and how much of it a course is worth to each of them."""
