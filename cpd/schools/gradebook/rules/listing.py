"""Which learners the gradebook shows, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from cpd.schools.gradebook.rules.work_states import LearnerWork, WorkState


@dataclass(frozen=True, slots=True)
class GradebookRow:
    """A learner in the gradebook, without anything that is granted to them but their date."""

    key: str
    """The public id of the membership."""
    name: str
    number: int
    """The place in the order of joining, which stands for a hidden name."""
    work: LearnerWork
    work_state: WorkState
    score: Fraction | None
    is_late: bool
    is_done_late: bool
    has_details: bool = True
    """Whether the school sees more than that it is completed, or not yet."""
    enrolments: Collection[int] = ()
    """By which the sections are found that were finished."""


class Showing(StrEnum):
    """Which learners are shown."""

    EVERYONE = "everyone"
    LATE = "late"
    NOT_STARTED = "not-started"
    UNFINISHED = "unfinished"
    NOT_PASSED = "not-passed"
    FINISHED = "finished"


class Order(StrEnum):
    """In which order they are shown."""

    NAME = "name"
    BEHIND = "behind"
    DUE = "due"


_SHOWN: Mapping[Showing, Callable[[GradebookRow], bool]] = {
    Showing.EVERYONE: lambda _row: True,
    Showing.LATE: lambda row: row.is_late,
    Showing.NOT_STARTED: lambda row: row.work_state is WorkState.NOT_STARTED,
    Showing.UNFINISHED: lambda row: not row.work_state.is_finished,
    Showing.NOT_PASSED: lambda row: row.work_state is WorkState.NOT_PASSED,
    Showing.FINISHED: lambda row: row.work_state.is_finished,
}
_PLACES = {work_state: place for place, work_state in enumerate(WorkState)}


def pick_rows(
    rows: Iterable[GradebookRow],
    showing: Showing,
    order: Order,
    *,
    is_descending: bool,
    has_names: bool,
) -> list[GradebookRow]:
    """Return the rows to show, in their order; without names, in the order of joining."""
    chosen = [row for row in rows if _SHOWN[showing](row)]
    is_by_name = order is Order.NAME
    chosen.sort(key=_get_name if has_names else _get_number, reverse=is_by_name and is_descending)
    if not is_by_name:
        chosen.sort(key=_KEYS[order], reverse=is_descending)
    return chosen


def _get_name(row: GradebookRow) -> tuple[str, int]:
    return row.name.casefold(), row.number


def _get_number(row: GradebookRow) -> int:
    return row.number


def _get_place_behind(row: GradebookRow) -> tuple[bool, int]:
    return not row.is_late, _PLACES[row.work_state]


def _get_due_time(row: GradebookRow) -> datetime:
    return row.work.due_at


_KEYS: Mapping[Order, Callable[[GradebookRow], Any]] = {
    Order.BEHIND: _get_place_behind,
    Order.DUE: _get_due_time,
}
"""By what rows are sorted after their names."""
