"""Recording what the ledger files of a course hold; what was recorded stays, word for word."""

import itertools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.files.part import ParsedLedger
from cpd.authoring.publish import queries
from cpd.authoring.sources import parsing
from cpd.authoring.sources.disk import LEDGERS
from cpd.content.frontmatter import Fault
from cpd.courses.models import CourseRow, LedgerEntry
from cpd.courses.rules.ledger import Series

WARNING = frozenset({"retracted", "does-not-support"})
"""Statuses of a reference that nobody may go on relying on."""


class LedgerRewrittenError(Exception):
    """A recorded line changed or vanished; `fault` names it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def record(
    session: Session,
    course: CourseRow,
    bundle: Bundle,
    *,
    actor: Actor,
    now: datetime,
    release: Mapping[str, str],
) -> int:
    """Record the entries that are new; returns how many.

    The ledger of a release adds what it has to what is recorded, however long or different that is;
    a release may also have none.
    A folder need not hold the site's own series. Raises LedgerRewrittenError.
    """
    added = 0
    for series in Series:
        known = queries.ledger(session, course.slug, series)
        part = bundle.ledgers.get(series)
        if part is None and series is Series.HERE:
            continue
        text = part.text if part else ""
        if release and text == release.get(LEDGERS[series], ""):
            part = parsing.parse_ledger(joined(queries.ledger_text(known), text))
            if part is None:  # nothing is there, or today's reader refuses what is recorded
                continue
        _refuse_rewritten(series, part, known)
        added += _add(session, course, series, _new(part, known), len(known), actor=actor, now=now)
    return added


def warnings_for(recorded: str, shipped: str, documents: Collection[str]) -> str:
    """Return the ledger of an edition with what a release warns of in it: the same if nothing.

    A retraction, a source that does not support what it was cited for and a withdrawal reach an
    edition at once, where it has the document; whatever else a release learnt is an offer.
    """
    return joined(
        recorded,
        shipped,
        wanted=lambda entry: (
            entry.of in documents and (entry.status in WARNING or entry.type == "withdrawal")
        ),
    )


def record_warnings(
    session: Session, course: CourseRow, ledger: str, *, actor: Actor, now: datetime
) -> int:
    """Record what `warnings_for` added to the ledger that came with a course; returns how many."""
    known = queries.ledger(session, course.slug, Series.SHIPPED)
    part = parsing.parse_ledger(ledger)
    _refuse_rewritten(Series.SHIPPED, part, known)
    return _add(
        session, course, Series.SHIPPED, _new(part, known), len(known), actor=actor, now=now
    )


def _add(
    session: Session,
    course: CourseRow,
    series: Series,
    new: Sequence[tuple[LedgerEntryFile, str]],
    after: int,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    session.add_all(
        LedgerEntry(
            course_id=course.id,
            series=series,
            position=position,
            day=entry.on,
            about=entry.of,
            type=entry.type,
            data={**_data(entry), "text": text},
            recorded_at=now,
            actor=actor.subject,
        )
        for position, (entry, text) in enumerate(new, after + 1)
    )
    return len(new)


def _data(entry: LedgerEntryFile) -> dict[str, Any]:
    """Return what a ledger row holds of an entry beside what it is about."""
    return entry.model_dump(mode="json", exclude={"of", "type"}, exclude_none=True)


def _refuse_rewritten(
    series: Series, part: ParsedLedger | None, known: Sequence[LedgerEntry]
) -> None:
    """Refuse a ledger in which a recorded line changed or vanished."""
    recorded = queries.ledger_text(known)
    text = part.text if part else ""
    entries = part.entries if part else ()
    entries_are_there = len(entries) >= len(known) and all(
        (entry.of, entry.type) == (row.about, row.type)
        and {**_data(entry), "text": row.data["text"]} == row.data
        for entry, row in zip(entries, known, strict=False)
    )
    if text.startswith(recorded) and entries_are_there:
        return
    now, before = text.split("\n"), recorded.split("\n")
    changed = (
        number for number, line in enumerate(before, 1) if now[number - 1 : number] != [line]
    )
    raise LedgerRewrittenError(
        Fault(
            LEDGERS[series],
            next(changed, 1),
            "A line of the ledger that was recorded has changed or is gone.",
            "Put it back (cpd content export writes it), and add what is new at the end.",
        )
    )


def _new(
    part: ParsedLedger | None, known: Sequence[LedgerEntry]
) -> list[tuple[LedgerEntryFile, str]]:
    """Return each entry that is not recorded yet with its text; together they are the rest."""
    if part is None or len(part.entries) == len(known):
        return []
    new = part.entries[len(known) :]
    first = len(queries.ledger_text(known))
    edges = [first, *part.starts[len(known) + 1 :], len(part.text)]
    texts = [part.text[begin:end] for begin, end in itertools.pairwise(edges)]
    return list(zip(new, texts, strict=True))


def _every(_entry: LedgerEntryFile) -> bool:
    return True


def joined(
    recorded: str, shipped: str, *, wanted: Callable[[LedgerEntryFile], bool] = _every
) -> str:
    """Return a ledger that begins with all that is recorded, and then has what else is shipped.

    Of what is shipped, only entries that are `wanted` follow. What is added is indented as what is
    recorded, so that both make one list. Where even that makes nothing that can be read, only what
    is recorded is returned.
    """
    if shipped.startswith(recorded) and wanted is _every:
        return shipped
    theirs = parsing.parse_ledger(shipped)
    if theirs is None or not theirs.entries:
        return recorded
    start = recorded or shipped[: theirs.starts[0]]
    ours = parsing.parse_ledger(recorded) if recorded else replace(theirs, entries=())
    if ours is None:
        return recorded
    by, before = _indent(ours if ours.entries else theirs), _indent(theirs)
    new = [
        re.sub(rf"(?m)^ {{0,{before}}}(?=.*\S)", " " * by, text)
        for entry, text in zip(theirs.entries, theirs.texts, strict=True)
        if entry not in ours.entries and wanted(entry)
    ]
    if not new:
        return recorded
    whole = start + ("" if start.endswith("\n") else "\n") + "".join(new)
    return whole if parsing.parse_ledger(whole) else recorded


def _indent(part: ParsedLedger) -> int:
    """Return by how much the entries of a ledger stand to the right."""
    text = part.texts[0] if part.entries else ""
    return len(text) - len(text.lstrip(" "))
