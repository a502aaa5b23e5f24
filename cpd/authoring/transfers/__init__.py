"""Taking courses out of the site and bringing them in: archives, and tables of simple cases."""
