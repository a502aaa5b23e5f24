"""Merging the ledger of a release, as text, into the one recorded here."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.files.part import ParsedLedger
from cpd.authoring.sources import parsing

WARNING = frozenset({"retracted", "does-not-support"})
"""Statuses of a reference that must no longer be relied on."""


def merge_warnings_into_ledger_text(recorded: str, shipped: str, documents: Collection[str]) -> str:
    """Return the ledger of an edited course with a release's warnings added, if there are any.

    A withdrawal, a retraction, and a source that does not support what it was cited for reach an
    edited course at once, if it has the document. Anything else new in a release is an offer.
    """
    return merge_ledger_texts(
        recorded,
        shipped,
        wanted=lambda entry: (
            entry.of in documents and (entry.status in WARNING or entry.type == "withdrawal")
        ),
    )


def _is_any_entry_wanted(_entry: LedgerEntryFile) -> bool:
    return True


def merge_ledger_texts(
    recorded: str, shipped: str, *, wanted: Callable[[LedgerEntryFile], bool] = _is_any_entry_wanted
) -> str:
    """Return the recorded ledger plus the shipped entries that it lacks and that are `wanted`.

    Added entries are indented like the recorded ones, so that both form one list. If the result
    cannot be parsed, the recorded ledger is returned alone.
    """
    if shipped.startswith(recorded) and wanted is _is_any_entry_wanted:
        return shipped
    theirs = parsing.parse_ledger_or_none(shipped)
    if theirs is None or not theirs.entries:
        return recorded
    start = recorded or shipped[: theirs.entry_starts[0]]
    ours = parsing.parse_ledger_or_none(recorded) if recorded else replace(theirs, entries=())
    if ours is None:
        return recorded
    indent, shipped_indent = (
        _entry_indent_width(ours if ours.entries else theirs),
        _entry_indent_width(theirs),
    )
    new = [
        re.sub(rf"(?m)^ {{0,{shipped_indent}}}(?=.*\S)", " " * indent, text)
        for entry, text in zip(theirs.entries, theirs.entry_texts, strict=True)
        if entry not in ours.entries and wanted(entry)
    ]
    if not new:
        return recorded
    whole = start + ("" if start.endswith("\n") else "\n") + "".join(new)
    return whole if parsing.parse_ledger_or_none(whole) else recorded


def _entry_indent_width(part: ParsedLedger) -> int:
    """Return the number of spaces by which the entries of a ledger are indented."""
    text = part.entry_texts[0] if part.entries else ""
    return len(text) - len(text.lstrip(" "))
