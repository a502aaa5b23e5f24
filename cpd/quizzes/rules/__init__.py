"""Decisions about exams, attempts and results, without a database or a web page."""
