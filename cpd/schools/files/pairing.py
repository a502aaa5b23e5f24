"""The rows of a file about which a person may decide, and what they may choose; nothing is read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cpd.schools.files.rules.matching import KeptReason, Learner, MatchedBy, identify_row
from cpd.schools.files.rules.reviewing import OpenFile, Review
from cpd.schools.files.rules.tables import Row

MOST_ROWS = 100
_TO_DECIDE = frozenset({KeptReason.UNMATCHED, KeptReason.SAME_NAME})
_TO_CONFIRM = frozenset({MatchedBy.NAME, MatchedBy.CONFIRMED})


@dataclass(frozen=True)
class RowToPair:
    """A row, who is in it, and the learners whom it can be about."""

    line: int
    says: str
    chosen: str
    """The membership that is chosen or guessed; empty for none."""
    learners: Sequence[Learner]
    is_nobody: bool
    """Whether somebody said that it is about nobody in the class."""


def find_rows_to_pair(
    opened: OpenFile, review: Review, learners: Collection[Learner]
) -> Sequence[RowToPair]:
    """Return the rows that nothing but a name connects with a learner, or nothing at all."""
    by_key = {learner.key: learner for learner in learners}
    free = [by_key[key] for key in review.matches.missing]
    chosen = {match.line: match.key for match in review.matches.found if match.by in _TO_CONFIRM}
    open_lines = {kept.line for kept in review.matches.kept if kept.reason in _TO_DECIDE}
    lines = sorted(
        line
        for line in open_lines | chosen.keys()
        if line in opened.people and identify_row(opened.people[line])
    )
    rows = {row.line: row for row in opened.table.rows}
    return [
        RowToPair(
            line,
            describe_row(opened, rows[line]),
            chosen.get(line, ""),
            [by_key[chosen[line]], *free] if line in chosen else free,
            opened.choices.pairs.get(line) == "",
        )
        for line in lines[:MOST_ROWS]
    ]


def describe_row(opened: OpenFile, row: Row) -> str:
    """Return what a row says of a person: name, address and number."""
    person = opened.people[row.line]
    return ", ".join(filter(None, (person.name, person.email, person.number)))
