"""The cpd command: thin, calling the same actions as the views."""
