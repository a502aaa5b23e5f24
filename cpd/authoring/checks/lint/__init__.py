"""What is worth a second look: warnings with their reason, none of which blocks publishing."""
