"""Catalogue, course pages, sections, enrolment and reading progress."""
