"""Decisions about what is granted to one learner; pure."""
