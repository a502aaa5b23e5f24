"""What a certificate states: every printed fact, as one dictionary that never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from cpd.certificates.rules.codes import show

SCHEMA = 2
"""The form of the snapshot; raised when it changes.

Snapshots of before stay what they are, and are read: the first had no licences.
"""

NO_AUTHORITY = "none"
"""Stands for the authority of a certificate that claims no credit."""


@dataclass(frozen=True)
class Wording:
    """The sentences that a certificate states; they are part of the record, word for word."""

    title: str
    statement: str
    marker: str
    credit: str
    credit_reason: str
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
    activity="Home study, online",
    demonstration="Demonstration: not valid for credit",
    signed_off="Signed off by a clinician",
    not_signed_off="Not yet signed off by a clinician",
)
"""What is said until approval, clinical sign-off and reviews are on file."""


@dataclass(frozen=True)
class Provider:
    """Who issues: name and contact as registered, and where certificates are checked."""

    name: str
    contact: str
    public_url: str


@dataclass(frozen=True)
class Author:
    """Somebody who wrote the course."""

    name: str
    credentials: str = ""
    role: str = ""


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


@dataclass(frozen=True)
class HeldLicence:
    """A licence, as its holder states it."""

    authority: str
    number: str


@dataclass(frozen=True)
class Achievement:
    """Who passed it, when, and how well."""

    name: str
    licences: Sequence[HeldLicence]
    completed_at: datetime
    zone: ZoneInfo
    earned: int
    possible: int
    """Full marks, in the same parts as `earned`."""
    pass_earned: int
    pass_possible: int


def build(
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

    Licences stand beside random `salt`, so that nobody finds them by trying numbers against the
    digest of the fact, which is all that the public record shows of them.
    """
    completed = achievement.completed_at.astimezone(UTC)
    return {
        "schema": SCHEMA,
        "authority": NO_AUTHORITY,
        "code": code,
        "title": STUDY.title,
        "marker": STUDY.marker,
        "demonstration": STUDY.demonstration if is_demo else "",
        "name": achievement.name,
        "licences": {
            "salt": salt,
            "held": [
                {"authority": it.authority, "number": it.number} for it in achievement.licences
            ],
        },
        "statement": STUDY.statement,
        "course": course.title,
        "version": {
            "id": course.revision,
            "number": course.number,
            "content_hash": course.content_hash,
            "published_on": _day(course.published_at, UTC).isoformat(),
        },
        "language": {"tag": course.language, "name": course.language_name},
        "subjects": list(course.subjects),
        "activity": STUDY.activity,
        "completed": {
            "at": _instant(completed),
            "on": _day(completed, achievement.zone).isoformat(),
            "zone": achievement.zone.key,
        },
        "score": {"earned": achievement.earned, "possible": achievement.possible},
        "pass_mark": {
            "earned": achievement.pass_earned,
            "possible": achievement.pass_possible,
        },
        "reading": {
            "words": course.words,
            "words_per_minute": course.words_per_minute,
            "minutes": course.minutes,
            "arithmetic": course.arithmetic,
        },
        "credit": {"amount": STUDY.credit, "reason": STUDY.credit_reason},
        "authors": [
            {"name": a.name, "credentials": a.credentials, "role": a.role} for a in course.authors
        ],
        "sign_off": STUDY.signed_off if course.is_signed_off else STUDY.not_signed_off,
        "provider": {"name": provider.name, "contact": provider.contact},
        "verify_at": f"{provider.public_url}/verify/{show(code)}",
        "issued_at": _instant(issued_at),
        "key": key_id,
    }


def zone_of(name: str) -> ZoneInfo:
    """Return the zone of this name, or UTC where there is none: a slip must not stop an issue."""
    try:
        return ZoneInfo("UTC" if name == "Etc/UTC" else name)
    except (ValueError, OSError, LookupError):
        return ZoneInfo("UTC")


def printed(snapshot: Mapping[str, Any]) -> dict[str, str]:
    """Return each fact as it stands on paper, in the order of the page; empty facts are left out.

    So are licences that the snapshot does not have: it is an old one, or the public one.

    Keys are those of the snapshot. The same words stand in the PDF, on the verify page and in what
    `cpd verify` prints, so that they can be compared.
    """
    words = {
        "provider": snapshot["provider"]["name"],
        "demonstration": snapshot["demonstration"],
        "title": snapshot["title"],
        "name": snapshot["name"],
        "licences": "; ".join(
            f"{it['authority']}: {it['number']}"
            for it in snapshot.get("licences", {"held": ()})["held"]
        ),
        "statement": snapshot["statement"],
        "course": snapshot["course"],
        "marker": snapshot["marker"],
        "credit": f"Credit: {snapshot['credit']['amount']}. {snapshot['credit']['reason']}",
        "completed": _completed(snapshot["completed"]),
        "score": _marks(snapshot["score"]),
        "pass_mark": _percent(snapshot["pass_mark"]),
        "activity": snapshot["activity"],
        "reading": snapshot["reading"]["arithmetic"],
        "subjects": "; ".join(snapshot["subjects"]),
        "authors": "; ".join(_author(author) for author in snapshot["authors"]),
        "sign_off": snapshot["sign_off"],
        "version": _version(snapshot["version"]),
        "language": snapshot["language"]["name"],
        "contact": snapshot["provider"]["contact"],
        "issued_at": _spoken(datetime.fromisoformat(snapshot["issued_at"])),
        "code": show(snapshot["code"]),
        "verify_at": snapshot["verify_at"],
        "key": snapshot["key"],
    }
    return {name: text for name, text in words.items() if text}


def spoken_day(day: date) -> str:
    """Return a day as it is printed: 22 November 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _day(instant: datetime, zone: tzinfo) -> date:
    return instant.astimezone(zone).date()


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def _spoken(instant: datetime) -> str:
    instant = instant.astimezone(UTC)
    return f"{spoken_day(instant.date())}, {instant:%H:%M} UTC"


def _completed(completed: Mapping[str, str]) -> str:
    return f"{spoken_day(date.fromisoformat(completed['on']))} ({completed['zone']})"


def _marks(score: Mapping[str, int]) -> str:
    if score["earned"] == score["possible"]:  # kept in lowest terms, where this would read 1/1
        return f"{_percent(score)} (full marks)"
    return f"{_percent(score)} ({score['earned']}/{score['possible']} of full marks)"


def _percent(share: Mapping[str, int]) -> str:
    return f"{share['earned'] * 100 // share['possible']}\N{NO-BREAK SPACE}%"


def _author(author: Mapping[str, str]) -> str:
    role = f" ({author['role']})" if author["role"] else ""
    return ", ".join(part for part in (author["name"], author["credentials"]) if part) + role


def _version(version: Mapping[str, Any]) -> str:
    published = spoken_day(date.fromisoformat(version["published_on"]))
    return f"{version['number']}, of {published} ({version['id']})"
