"""What is known of the provider; pure."""
