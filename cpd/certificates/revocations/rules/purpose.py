"""The act that takes two people: withdrawing a certificate."""

from datetime import timedelta

from cpd.access.permissions import Permission
from cpd.dual_control.rules.requests import Purpose

REVOCATION = Purpose(
    "certificates:certificate:revoke", Permission.CERTIFICATE_REVOKE, timedelta(days=7)
)


def revocation_purpose() -> Purpose:
    """Return the act, for the room that asks who can take part in it."""
    return REVOCATION
