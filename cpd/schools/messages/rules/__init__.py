"""When a message is to be sent; pure."""
