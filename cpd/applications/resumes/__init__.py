"""The résumés of those who wrote a course."""
