"""What is decided about cases and attempts, without a database or a web page."""
