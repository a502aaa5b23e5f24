"""What learners see of their assignments: on the course page before the start, and at home."""
