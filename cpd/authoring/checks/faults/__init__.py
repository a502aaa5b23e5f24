"""What blocks publishing: one small rule each, by topic, and the list of them."""
