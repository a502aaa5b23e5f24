"""What this room asks of higher ones."""

from cpd.joints.questions import Question

describe_unprintable: Question[[str], str | None] = Question("accounts.unprintable")
"""Says in a sentence what a certificate cannot show of a text; None if it can show all of it."""
