"""The archive of documents with which a course is submitted to an authority."""
