"""Adding a section, a case, a card, a list or a sheet to a course, to be filled in on its form."""
