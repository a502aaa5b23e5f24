"""Exams before an attempt: the rule, who may start now, the draw, the start."""
