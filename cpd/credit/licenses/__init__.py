"""Where people need credit: their licenses by authority, each with its present cycle."""
