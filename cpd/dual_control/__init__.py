"""Acts that one person requests and another confirms."""
