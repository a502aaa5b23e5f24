"""Whether somebody agrees that the provider reports what they completed."""
