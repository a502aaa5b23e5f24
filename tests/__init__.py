"""The tests; a package so that another package's folder of this name does not hide it."""
