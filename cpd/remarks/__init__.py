"""What people say is wrong with a page, and what was done about it."""
