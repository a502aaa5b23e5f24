"""A room for the tests: it rings, asks who did, and is added to an app by its name."""
