"""The home page of everyone who is signed in, and the record of a learner."""
