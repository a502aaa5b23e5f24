"""What this room asks of higher ones."""

from cpd.joints.questions import Question

unprintable: Question[[str], str | None] = Question("accounts.unprintable")
"""What in a text a certificate cannot show, as a sentence."""
