"""The record page of a learner."""
