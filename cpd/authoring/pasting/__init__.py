"""Text from a word processor, turned into the Markdown of a course."""
