"""Pure helpers that every room may use."""
