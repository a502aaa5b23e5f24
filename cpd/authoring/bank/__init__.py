"""The workbench: what an author is writing, and the files of each course."""
