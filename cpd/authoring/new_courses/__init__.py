"""A new course: its first drafts are made from `starter/`, and who may find it once it is there."""
