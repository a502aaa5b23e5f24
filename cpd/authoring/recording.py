"""Recording what the ledger files of a course hold; what was recorded stays, word for word."""

import itertools
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring import library, queries
from cpd.authoring.bundle import Bundle, LedgerPart
from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.folders import LEDGERS
from cpd.content.frontmatter import Fault
from cpd.courses.models import CourseRow, LedgerEntry
from cpd.courses.rules.ledger import Series


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
            part = library.ledger_of(joined(queries.ledger_text(known), text))
            if part is None:  # nothing is there, or today's reader refuses what is recorded
                continue
        _refuse_rewritten(series, part, known)
        for position, (entry, text) in enumerate(_new(part, known), len(known) + 1):
            session.add(
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
            )
            added += 1
    return added


def _data(entry: LedgerEntryFile) -> dict[str, Any]:
    """Return what a ledger row holds of an entry beside what it is about."""
    return entry.model_dump(mode="json", exclude={"of", "type"}, exclude_none=True)


def _refuse_rewritten(
    series: Series, part: LedgerPart | None, known: Sequence[LedgerEntry]
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
    part: LedgerPart | None, known: Sequence[LedgerEntry]
) -> list[tuple[LedgerEntryFile, str]]:
    """Return each entry that is not recorded yet with its text; together they are the rest."""
    if part is None or len(part.entries) == len(known):
        return []
    new = part.entries[len(known) :]
    first = len(queries.ledger_text(known))
    edges = [first, *part.starts[len(known) + 1 :], len(part.text)]
    texts = [part.text[begin:end] for begin, end in itertools.pairwise(edges)]
    return list(zip(new, texts, strict=True))


def joined(recorded: str, shipped: str) -> str:
    """Return a ledger that begins with all that is recorded, and then has what else is shipped.

    What is added is indented as what is recorded, so that both make one list. Where even that makes
    nothing that can be read, only what is recorded is returned.
    """
    if shipped.startswith(recorded):
        return shipped
    ours, theirs = library.ledger_of(recorded), library.ledger_of(shipped)
    if ours is None or theirs is None:
        return recorded
    theirs_by, ours_by = _indent(theirs), _indent(ours)
    new = [
        re.sub(rf"(?m)^ {{0,{theirs_by}}}(?=.*\S)", " " * ours_by, text)
        for entry, text in zip(theirs.entries, theirs.texts, strict=True)
        if entry not in ours.entries
    ]
    end = "" if recorded.endswith("\n") or not new else "\n"
    whole = recorded + end + "".join(new)
    return whole if library.ledger_of(whole) else recorded


def _indent(part: LedgerPart) -> int:
    """Return by how much the entries of a ledger stand to the right."""
    text = part.texts[0] if part.entries else ""
    return len(text) - len(text.lstrip(" "))
