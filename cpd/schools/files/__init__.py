"""Files that people bring: class lists, and the grade files of other systems."""
