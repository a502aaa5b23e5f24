"""The copy of a course that a phone keeps: which edition it is, and how much may be kept."""

import hashlib
from dataclasses import dataclass

from flask import url_for

from cpd.content.version import load_renderer_version
from cpd.courses.queries import Course
from cpd.web.country import current_country_key
from cpd.web.static import build_asset_url

MOST_BYTES = 400_000
"""The most that one device keeps of all courses together, in compressed bytes."""


@dataclass(frozen=True)
class OfflineCopy:
    """Where the copy of a course is, and what would be in it now."""

    url: str
    edition: str
    """A hash of everything that the copy depends on."""
    most_bytes: int = MOST_BYTES


def build_offline_copy(course: Course) -> OfflineCopy | None:
    """Return the copy that a reader may keep; None for a course or version they have not begun."""
    if course.enrolment is None or course.is_newer_than_enrolled:
        return None
    text = (
        course.revision.public_id,
        load_renderer_version(),
        course.ledger.newest,
        current_country_key(),
    )
    files = tuple(map(build_asset_url, ("cpd.css", "keep.js", "tool.js", "citations.js")))
    edition = hashlib.sha256(" ".join((*text, *files)).encode()).hexdigest()[:12]
    return OfflineCopy(url_for("courses.whole_course", address=course.address) + "?kept", edition)
