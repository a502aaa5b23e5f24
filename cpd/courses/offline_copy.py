"""A copy of a course that a phone keeps: which edition it is, and how much may be kept."""

import hashlib
from dataclasses import dataclass

from flask import url_for

from cpd.content.version import version
from cpd.courses.queries import Course
from cpd.web.static import asset

MOST_BYTES = 400_000
"""The most that one device keeps of all courses together, compressed as it lies there."""


@dataclass(frozen=True)
class Copy:
    """Where the copy of a course is, and what would be in it now."""

    address: str
    edition: str


def copy_of(of: Course) -> Copy | None:
    """Return the copy that a reader may keep: none of a course, or a version, not begun."""
    if of.enrolment is None or of.is_ahead:
        return None
    text = (of.revision.public_id, version(), of.ledger.newest)
    holds = (*text, asset("cpd.css"), asset("keep.js"))
    edition = hashlib.sha256(" ".join(holds).encode()).hexdigest()[:12]
    return Copy(url_for("courses.whole", slug=of.address) + "?kept", edition)
