"""What a newer release changed in a course that is edited here, to be taken file by file."""
