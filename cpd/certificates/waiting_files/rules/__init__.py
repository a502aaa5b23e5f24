"""What the missing letters are called."""
