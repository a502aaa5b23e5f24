"""Background jobs: the outbox, and the worker that runs what is due."""
