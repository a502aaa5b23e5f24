"""The versions of a course and of its files: what each of them changed, and going back to one."""
