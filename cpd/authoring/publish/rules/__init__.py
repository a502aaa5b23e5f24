"""Pure rules of publishing."""
