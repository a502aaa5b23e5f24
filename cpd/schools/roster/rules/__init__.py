"""What a pasted list would change; pure."""
