"""The catalog, course pages, sections, enrollment and reading progress."""
