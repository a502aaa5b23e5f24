"""The written policies of the provider."""
