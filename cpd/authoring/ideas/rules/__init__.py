"""What a story may give away, and how it is divided."""
