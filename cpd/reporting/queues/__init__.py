"""What waits for the provider at each authority, and what is done about it."""
