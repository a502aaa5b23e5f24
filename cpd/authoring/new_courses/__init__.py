"""A new course: its first drafts are made from a starter, and who may find it once it is there."""
