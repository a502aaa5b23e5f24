"""Courses assigned to classes: from when until when, on what terms, and what the school sees."""
