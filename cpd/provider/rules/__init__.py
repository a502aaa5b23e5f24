"""The provider's profile; pure."""
