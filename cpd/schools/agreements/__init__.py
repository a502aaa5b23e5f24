"""Agreements: a learner lets an employer see more than that something is completed."""
