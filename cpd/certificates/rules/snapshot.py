"""What a certificate states: every printed fact, as one dictionary that never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cpd.certificates.rules.codes import format_code
from cpd.courses.rules.fronts.course import Author

SCHEMA = 4
"""The version of the snapshot's structure, increased whenever that changes.

Older snapshots stay as they are and can still be read: the first had no licenses, the second no
word about what a certificate corrects, and the third claimed no credit.
"""

NO_AUTHORITY = "none"
"""The authority of a certificate that claims no credit."""


@dataclass(frozen=True)
class Wording:
    """The sentences on a certificate; they are part of the record, word for word."""

    title: str
    statement: str
    marker: str
    credit: str
    credit_reason: str
    credit_reason_once_reviewed: str
    """The reason that is left when the provider's own reviewers have signed everything."""
    credit_reason_once_approved: str
    """The reason where some authority has approved the course."""
    activity: str
    demonstration: str
    signed_off: str
    not_signed_off: str


STUDY = Wording(
    title="Record of study: passed",
    statement="completed this course and passed its examination",
    marker="For study; no CE credit",
    credit="none",
    credit_reason=(
        "No accrediting body has approved this course, and its clinical review is not complete, "
        "so it earns no continuing education credit."
    ),
    credit_reason_once_reviewed=(
        "No accrediting body has approved this course, so it earns no continuing education credit."
    ),
    credit_reason_once_approved=(
        "This certificate claims no continuing education credit. Where an authority grants credit "
        "for this course, its holder has a certificate of its own for it."
    ),
    activity="Home study, online",
    demonstration="Demonstration: not valid for credit",
    signed_off="Signed off by a clinician",
    not_signed_off="Not yet signed off by a clinician",
)
"""The wording until approval, clinical sign-off and reviews are on file."""


@dataclass(frozen=True)
class Provider:
    """Who issues certificates: the registered name and contact, and where they are checked.

    A certificate keeps them as they were when it was issued.
    """

    name: str
    contact: str
    public_url: str


@dataclass(frozen=True)
class CourseVersion:
    """The version of the course that was taken."""

    title: str
    language: str
    language_name: str
    subjects: Sequence[str]
    authors: Sequence[Author]
    revision: str
    number: int
    content_hash: str
    published_at: datetime
    words: int
    words_per_minute: int
    minutes: int
    arithmetic: str
    is_signed_off: bool
    is_reviewed_here: bool
    """Whether the provider's own reviewers have signed every case, card and list of it."""
    is_approved: bool = False
    """Whether some authority's approval of it was on file when it was passed."""


@dataclass(frozen=True)
class StatedLicense:
    """A license, as its holder states it.

    Nobody has checked it with the authority.
    """

    authority: str
    number: str


@dataclass(frozen=True)
class Achievement:
    """Who passed it, when, and how well."""

    name: str
    licenses: Sequence[StatedLicense]
    completed_at: datetime
    zone: ZoneInfo
    earned: int
    possible: int
    """Full marks, in the same parts as `earned`."""
    pass_earned: int
    pass_possible: int


def build_snapshot(
    course: CourseVersion,
    achievement: Achievement,
    provider: Provider,
    *,
    code: str,
    salt: str,
    key_id: str,
    issued_at: datetime,
    is_demo: bool,
) -> dict[str, Any]:
    """Return the snapshot of a certificate without credit; text, whole numbers and lists only.

    Licenses are stored with the random `salt`, so that nobody can find them by trying numbers
    against the digest of the fact, which is all that the public record shows of them.
    """
    return {
        "schema": SCHEMA,
        "authority": NO_AUTHORITY,
        "code": code,
        "title": STUDY.title,
        "marker": STUDY.marker,
        "demonstration": STUDY.demonstration if is_demo else "",
        "statement": STUDY.statement,
        "activity": STUDY.activity,
        "credit": {"amount": STUDY.credit, "reason": _describe_why_no_credit(course)},
        "provider": {"name": provider.name, "contact": provider.contact},
        "verify_at": f"{provider.public_url}/verify/{format_code(code)}",
        "issued_at": _utc_text(issued_at),
        "key": key_id,
        **_build_achievement_facts(achievement, salt),
        **_build_course_facts(course),
    }


def build_corrected_snapshot(
    facts: Mapping[str, Any],
    *,
    name: str,
    licenses: Sequence[StatedLicense],
    code: str,
    salt: str,
    key_id: str,
    public_url: str,
    issued_at: datetime,
) -> dict[str, Any]:
    """Return the snapshot that replaces another: its holder's facts differ, not what was earned.

    It says which facts were corrected and when the first certificate was issued, but not what they
    were: a former name is for its holder to tell.
    """
    corrected = {
        **facts,
        "schema": SCHEMA,
        "name": name,
        "licences": _build_license_fact(licenses, salt),
        "code": code,
        "verify_at": f"{public_url}/verify/{format_code(code)}",
        "issued_at": _utc_text(issued_at),
        "key": key_id,
    }
    earlier = facts.get("corrects") or {"first_issued_at": facts["issued_at"], "facts": []}
    differing = find_corrected_facts(facts, name=name, licenses=licenses)
    corrected["corrects"] = {
        "first_issued_at": earlier["first_issued_at"],
        "facts": sorted({*earlier["facts"], *differing}),
    }
    return corrected


def find_corrected_facts(
    facts: Mapping[str, Any], *, name: str, licenses: Sequence[StatedLicense]
) -> list[str]:
    """Return which of the holder's facts differ from those of a snapshot."""
    held = facts.get("licences", {"held": []})["held"]
    stated = [(license_["authority"], license_["number"]) for license_ in held]
    differing = {
        "licences": stated != [(license_.authority, license_.number) for license_ in licenses],
        "name": facts["name"] != name,
    }
    return [fact for fact, differs in differing.items() if differs]


def _build_achievement_facts(achievement: Achievement, salt: str) -> dict[str, Any]:
    completed = achievement.completed_at
    return {
        "name": achievement.name,
        "licences": _build_license_fact(achievement.licenses, salt),
        "completed": {
            "at": _utc_text(completed),
            "on": completed.astimezone(achievement.zone).date().isoformat(),
            "zone": achievement.zone.key,
        },
        "score": {"earned": achievement.earned, "possible": achievement.possible},
        "pass_mark": {"earned": achievement.pass_earned, "possible": achievement.pass_possible},
    }


def _build_license_fact(licenses: Sequence[StatedLicense], salt: str) -> dict[str, Any]:
    held = [{"authority": one.authority, "number": one.number} for one in licenses]
    return {"salt": salt, "held": held}


def _describe_why_no_credit(course: CourseVersion) -> str:
    if course.is_approved:
        return STUDY.credit_reason_once_approved
    is_reviewed = course.is_reviewed_here
    return STUDY.credit_reason_once_reviewed if is_reviewed else STUDY.credit_reason


def _build_course_facts(course: CourseVersion) -> dict[str, Any]:
    return {
        "course": course.title,
        "version": {
            "id": course.revision,
            "number": course.number,
            "content_hash": course.content_hash,
            "published_on": course.published_at.astimezone(UTC).date().isoformat(),
        },
        "language": {"tag": course.language, "name": course.language_name},
        "subjects": list(course.subjects),
        "reading": {
            "words": course.words,
            "words_per_minute": course.words_per_minute,
            "minutes": course.minutes,
            "arithmetic": course.arithmetic,
        },
        "authors": [
            {"name": author.name, "credentials": author.credentials, "role": author.role}
            for author in course.authors
        ],
        "sign_off": STUDY.signed_off if course.is_signed_off else STUDY.not_signed_off,
    }


def zone_or_utc(name: str) -> ZoneInfo:
    """Return the zone with this name, or UTC if there is none: a typo must not prevent issuing."""
    try:
        return ZoneInfo("UTC" if name == "Etc/UTC" else name)
    except (ValueError, OSError, LookupError):
        return ZoneInfo("UTC")


def _utc_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")
