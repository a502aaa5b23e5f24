"""What can be requested, and the states of a request; pure."""
