"""Markdown and front matter to safe HTML and checked data: pure, no database, no web."""
