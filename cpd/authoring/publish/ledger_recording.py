"""Recording the entries of a course's ledger files; recorded entries never change."""

import itertools
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.files.part import ParsedLedger
from cpd.authoring.publish import queries, withdrawals
from cpd.authoring.publish.ledger_merging import merge_ledger_texts
from cpd.authoring.sources import parsing
from cpd.authoring.sources.disk import LEDGERS
from cpd.content.frontmatter import Fault
from cpd.courses.models import CourseRow, LedgerEntry
from cpd.courses.rules.ledger import Series


class LedgerRewrittenError(Exception):
    """A recorded line was changed or removed; `fault` names it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def record_new_ledger_entries(
    session: Session,
    course: CourseRow,
    bundle: Bundle,
    *,
    actor: Actor,
    now: datetime,
    release: Mapping[str, str],
) -> int:
    """Record the entries that are new; returns how many.

    A release's ledger is added to the recorded one, whatever its content; a release may have none.
    A folder need not hold the site's own series. Raises LedgerRewrittenError.
    """
    added = 0
    for series in Series:
        recorded = queries.find_ledger_entries(session, course.slug, series)
        part = bundle.ledgers.get(series)
        if part is None and series is Series.HERE:
            continue
        text = part.text if part else ""
        if release and text == release.get(LEDGERS[series], ""):
            part = parsing.parse_ledger_or_none(
                merge_ledger_texts(queries.build_ledger_text(recorded), text)
            )
            if part is None:  # both are empty, or the current parser rejects what is recorded
                continue
        _refuse_rewritten_ledger(series, part, recorded)
        rows = _add_ledger_entries(
            session,
            course,
            series,
            _unrecorded_entries_with_texts(part, recorded),
            len(recorded),
            actor=actor,
            now=now,
        )
        withdrawals.publish_withdrawals(session, course, rows, now=now)
        added += len(rows)
    return added


def record_warning_entries(
    session: Session, course: CourseRow, ledger: str, *, actor: Actor, now: datetime
) -> int:
    """Record the entries that a release's warnings added to a ledger; returns how many."""
    recorded = queries.find_ledger_entries(session, course.slug, Series.SHIPPED)
    part = parsing.parse_ledger_or_none(ledger)
    _refuse_rewritten_ledger(Series.SHIPPED, part, recorded)
    rows = _add_ledger_entries(
        session,
        course,
        Series.SHIPPED,
        _unrecorded_entries_with_texts(part, recorded),
        len(recorded),
        actor=actor,
        now=now,
    )
    withdrawals.publish_withdrawals(session, course, rows, now=now)
    return len(rows)


def record_entry_of_site(
    session: Session,
    course: CourseRow,
    entry: LedgerEntryFile,
    *,
    actor: Actor,
    now: datetime,
    review: str | None = None,
) -> LedgerEntry:
    """Add one entry to the site's own series of a course, which the caller has locked.

    `review` is the public id of the review that it records, if it records one.
    """
    recorded = queries.find_ledger_entries(session, course.slug, Series.HERE)
    before = queries.build_ledger_text(recorded)
    joint = "" if not before or before.endswith("\n") else "\n"
    indent = before[: len(before) - len(before.lstrip(" "))]
    part = parsing.parse_ledger_or_none(before + joint + _format_entry(entry, indent))
    new = _unrecorded_entries_with_texts(part, recorded)
    if [added for added, _text in new] != [entry]:
        msg = f"the ledger of {course.slug} cannot take this entry"
        raise ValueError(msg)
    _add_ledger_entries(
        session, course, Series.HERE, new, len(recorded), actor=actor, now=now, review=review
    )
    session.flush()
    return queries.find_ledger_entries(session, course.slug, Series.HERE)[-1]


def _format_entry(entry: LedgerEntryFile, indent: str) -> str:
    """Return an entry as the text of a ledger file."""
    lines = yaml.safe_dump(
        [entry.model_dump(mode="python", exclude_none=True)],
        allow_unicode=True,
        sort_keys=False,
        width=sys.maxsize,
    ).splitlines(keepends=True)
    return "".join(indent + line for line in lines)


def _add_ledger_entries(
    session: Session,
    course: CourseRow,
    series: Series,
    new: Sequence[tuple[LedgerEntryFile, str]],
    after: int,
    *,
    actor: Actor,
    now: datetime,
    review: str | None = None,
) -> list[LedgerEntry]:
    rows = [
        LedgerEntry(
            course_id=course.id,
            series=series,
            position=position,
            day=entry.on,
            about=entry.of,
            type=entry.type,
            data={**_build_entry_data(entry), "text": text},
            recorded_at=now,
            actor=actor.subject,
            review=review,
        )
        for position, (entry, text) in enumerate(new, after + 1)
    ]
    session.add_all(rows)
    return rows


def _build_entry_data(entry: LedgerEntryFile) -> dict[str, Any]:
    """Return the data of an entry that has no column of its own."""
    return entry.model_dump(mode="json", exclude={"of", "type"}, exclude_none=True)


def _refuse_rewritten_ledger(
    series: Series, part: ParsedLedger | None, rows: Sequence[LedgerEntry]
) -> None:
    """Refuse a ledger in which a recorded line was changed or removed."""
    recorded = queries.build_ledger_text(rows)
    text = part.text if part else ""
    entries = part.entries if part else ()
    entries_are_there = len(entries) >= len(rows) and all(
        (entry.of, entry.type) == (row.about, row.type)
        and {**_build_entry_data(entry), "text": row.data["text"]} == row.data
        for entry, row in zip(entries, rows, strict=False)
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
            "A recorded line of the ledger was changed or removed.",
            "Restore it (cpd content export writes it), and add new entries at the end.",
        )
    )


def _unrecorded_entries_with_texts(
    part: ParsedLedger | None, recorded: Sequence[LedgerEntry]
) -> list[tuple[LedgerEntryFile, str]]:
    """Return each entry that is not recorded yet, with its text."""
    if part is None or len(part.entries) == len(recorded):
        return []
    new = part.entries[len(recorded) :]
    first = len(queries.build_ledger_text(recorded))
    edges = [first, *part.entry_starts[len(recorded) + 1 :], len(part.text)]
    texts = [part.text[begin:end] for begin, end in itertools.pairwise(edges)]
    return list(zip(new, texts, strict=True))
