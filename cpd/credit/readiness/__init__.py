"""What is missing before the newest version of a course may earn credit, by authority."""
