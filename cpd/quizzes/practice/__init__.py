"""Practice cases: answered in a section with feedback at once, and never counted."""
