"""Answers in an open attempt: posted by a form or a script, judged, and saved with a receipt."""
