"""What blocks publishing, what is worth a second look, and the figures of a course."""
