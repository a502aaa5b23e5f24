"""Pure rules of reporting: duties, rows of a file, and the answers to them."""
