"""A room for tests: it rings, asks who rang, and is added to an app by its name."""
