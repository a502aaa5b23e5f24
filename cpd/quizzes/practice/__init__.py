"""Practice cases: answered in a section with immediate feedback, and never counted."""
