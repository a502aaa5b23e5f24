"""What this room asks of higher ones."""

from cpd.joints.questions import Question

describe_unprintable: Question[[str], str | None] = Question("accounts.unprintable")
"""Says in a sentence what the file of a certificate cannot show of a text; None if nothing."""
