"""What a holder may correct; pure."""
