"""Taking the gradebook of an assignment away as a file."""
