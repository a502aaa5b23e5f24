"""What people tell the provider is wrong with a page, and what became of it."""
