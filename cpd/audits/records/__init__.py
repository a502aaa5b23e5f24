"""The record of any learner, for administrators who say why they need it."""
