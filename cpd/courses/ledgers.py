"""What the ledger of a course says now: how far each source was checked, and who signed what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.courses.models import LedgerEntry, Revision
from cpd.courses.rules import ledger
from cpd.courses.rules.ledger import (
    OBJECTION,
    SIGN_OFF,
    STOPPING_TYPES,
    EvidenceStatus,
    Stop,
)
from cpd.kernel.memory import LruCache


@dataclass(frozen=True)
class Ledger:
    """The state of a ledger after its newest entry."""

    statuses: Mapping[str, EvidenceStatus]
    """The newest status of each reference, by its key; a reference without one is unchecked."""
    signed: Mapping[tuple[str, str], str]
    """Who signed, by what was signed and its content hash, such as `("course:heat", "9f…")`."""
    newest: str = ""
    """The public id of the newest entry."""
    stops: Mapping[tuple[str, str], Stop] = field(default_factory=dict)
    """How versions are stopped, by what is stopped and its content hash."""
    signed_here: frozenset[tuple[str, str]] = frozenset()
    """What was signed in reviews on this site; what files say was signed is not among it."""

    def signer(self, about: str, content_hash: str) -> str:
        """Return who signed exactly this text, or an empty string."""
        return self.signed.get((about, content_hash), "")

    def stop_of(self, revision: Revision) -> Stop | None:
        """Return how a version of the course is stopped, or None if it is not."""
        return self.stops.get((f"course:{revision.document.slug}", revision.content_hash))


_ledgers: LruCache[str, Ledger] = LruCache(64)
"""By the public id of the newest entry."""


def load_ledgers(session: Session, newest: Mapping[int, str | None]) -> dict[int, Ledger]:
    """Return the ledger of each course by its id, cached under its newest entry.

    `newest` holds the public id of the newest entry of each course, or None where there is none.
    """
    by_course = {course: Ledger({}, {}) for course in newest}
    unknown: dict[int, str] = {}
    for course, entry in newest.items():
        if entry is not None:
            cached = _ledgers.get(entry)
            if cached is None:
                unknown[course] = entry
            else:
                by_course[course] = cached
    entries = _find_ledger_entries(session, unknown)
    for course, entry in unknown.items():
        by_course[course] = _ledgers.put(entry, _build_ledger(entries[course], entry))
    return by_course


def _find_ledger_entries(
    session: Session, courses: Mapping[int, str]
) -> dict[int, list[LedgerEntry]]:
    entries: dict[int, list[LedgerEntry]] = {course: [] for course in courses}
    if courses:
        recorded = sa.select(LedgerEntry).where(LedgerEntry.course_id.in_(courses))
        for row in session.scalars(recorded):
            entries[row.course_id].append(row)
    return entries


def _build_ledger(entries: Sequence[LedgerEntry], newest: str) -> Ledger:
    statuses: dict[str, EvidenceStatus] = {}
    for entry in sorted(entries, key=_ledger_entry_sort_key):
        if entry.type == "status":
            key = entry.about.removeprefix("reference:")
            status, before = EvidenceStatus.from_data(entry.data), statuses.get(key)
            if ledger.status_replaces(status.status, before.status if before else None):
                statuses[key] = status
    standing = _find_standing_sign_offs(entries)
    return Ledger(
        statuses=statuses,
        signed={text: entry.data.get("by") or "" for text, entry in standing.items()},
        newest=newest,
        stops=_build_stops(entries),
        signed_here=frozenset(text for text, entry in standing.items() if entry.review is not None),
    )


def _find_standing_sign_offs(
    entries: Iterable[LedgerEntry],
) -> dict[tuple[str, str], LedgerEntry]:
    """Return the newest sign-off of each exact text, unless an objection came after it.

    A sign-off of this site counts before one that came with files.
    """
    standing: dict[tuple[str, str], LedgerEntry] = {}
    for entry in sorted(entries, key=_ledger_entry_sort_key):
        text = (entry.about, entry.data.get("hash") or "")
        if entry.type == OBJECTION:
            standing.pop(text, None)
        elif entry.type == SIGN_OFF:
            before = standing.get(text)
            if before is None or before.review is None or entry.review is not None:
                standing[text] = entry
    return standing


def _build_stops(entries: Iterable[LedgerEntry]) -> dict[tuple[str, str], Stop]:
    """Return how versions are stopped after all entries about them."""
    stops: dict[tuple[str, str], Stop] = {}
    for entry in sorted(entries, key=_ledger_entry_sort_key):
        if entry.type in STOPPING_TYPES:
            version = (entry.about, entry.data.get("hash") or "")
            stop = ledger.stop_after_entry(
                stops.pop(version, None), entry.type, entry.day, entry.data
            )
            if stop is not None:
                stops[version] = stop
    return stops


def find_texts_signed_here(session: Session, course_id: int) -> frozenset[tuple[str, str]]:
    """Return the names and hashes of what reviewers of this site have signed, and nobody disputes.

    For writes, which must know the entries of their own transaction.
    """
    entries = session.scalars(
        sa.select(LedgerEntry).where(
            LedgerEntry.course_id == course_id, LedgerEntry.type.in_((SIGN_OFF, OBJECTION))
        )
    )
    standing = _find_standing_sign_offs(entries)
    return frozenset(text for text, entry in standing.items() if entry.review is not None)


def find_uncached_ledger(session: Session, course_id: int) -> Ledger:
    """Return who signed what in a course and how its versions are stopped, for writes.

    The checks of its sources are not among it.
    """
    entries = session.scalars(
        sa.select(LedgerEntry).where(
            LedgerEntry.course_id == course_id,
            LedgerEntry.type.in_((SIGN_OFF, OBJECTION, *STOPPING_TYPES)),
        )
    ).all()
    return _build_ledger(entries, "")


def find_stops_of_course(session: Session, course_id: int) -> Mapping[tuple[str, str], Stop]:
    """Return how versions of a course are stopped now, by what is stopped and its hash."""
    return _build_stops(
        session.scalars(
            sa.select(LedgerEntry).where(
                LedgerEntry.course_id == course_id, LedgerEntry.type.in_(STOPPING_TYPES)
            )
        )
    )


def find_stop_of_version(session: Session, revision: Revision) -> Stop | None:
    """Return how a version of a course is stopped now, or None if it is not."""
    about = f"course:{revision.document.slug}"
    stops = find_stops_of_course(session, revision.document.course_id)
    return stops.get((about, revision.content_hash))


def _ledger_entry_sort_key(entry: LedgerEntry) -> tuple[date, bool, int]:
    return ledger.ledger_entry_sort_key(entry.day, entry.series, entry.position)
