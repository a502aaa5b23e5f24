"""What may be asked for, and how a request moves; pure."""
