"""Stories from practice, taken down in a few words until somebody turns one into a case."""
