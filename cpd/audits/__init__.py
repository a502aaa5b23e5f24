"""What the provider shows when it is audited: archives of a period, and any learner's record."""
