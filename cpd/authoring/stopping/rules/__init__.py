"""What two people do together."""
