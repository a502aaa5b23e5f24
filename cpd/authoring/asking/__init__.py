"""The author's side of reviews: asking for them, their state, and resolving what is disputed."""
