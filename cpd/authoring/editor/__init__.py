"""The pages on which course files are written."""
