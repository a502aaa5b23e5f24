"""What every host of one site must have in common: the keys that the database knows."""
