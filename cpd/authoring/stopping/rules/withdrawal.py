"""The act that takes two people: withdrawing a version of a course for good."""

from datetime import timedelta

from cpd.access.permissions import Permission
from cpd.dual_control.rules.requests import Purpose

WITHDRAWAL = Purpose("authoring:version:withdraw", Permission.VERSION_STOP, timedelta(days=7))


def withdrawal_purpose() -> Purpose:
    """Return the act, for the room that asks who can take part in it."""
    return WITHDRAWAL
