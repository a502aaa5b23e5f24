"""What may be said about a text under review."""

from enum import StrEnum


class Verdict(StrEnum):
    """What somebody said about a text that they had been asked to review."""

    AGREE = "agree"
    """Signed as it is, with or without a comment."""
    DISAGREE = "disagree"
    CHANGE_ANSWER = "change_answer"
    """The reviewer was convinced by a source, and answers as the key does."""
    RESOLVE = "resolve"
    """The author changed the text, and names the source."""
