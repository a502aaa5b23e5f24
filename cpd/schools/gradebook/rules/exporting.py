"""The gradebook as rows of a file; the names of its columns and states never change."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from cpd.schools.gradebook.rules.listing import GradebookRow

Cell = str | int | Decimal | None

COLUMNS = ("learner_id", "name", "state", "is_late", "due_at")
EXAM_COLUMNS = ("score_percent", "is_graded_by_hand", "tries")
COMPLETED, NOT_YET = "completed", "not-completed"
SECTION_PREFIX = "section."


def build_rows(
    rows: Sequence[GradebookRow], sections: Sequence[tuple[int, str]], *, is_employer: bool
) -> list[list[Cell]]:
    """Return the titles of the columns, then a row for each learner.

    `sections` are ids and slugs. An employer gets nothing beyond completed, or not yet, of people
    who have not agreed to more.
    """
    if is_employer and not any(row.has_details for row in rows):
        return [list(COLUMNS), *(_build_shared_cells(row) for row in rows)]
    titles = [*COLUMNS, *EXAM_COLUMNS, *(f"{SECTION_PREFIX}{slug}" for _, slug in sections)]
    return [
        list(titles),
        *([*_build_shared_cells(row), *_build_details(row, sections)] for row in rows),
    ]


def _build_shared_cells(row: GradebookRow) -> list[Cell]:
    state = row.work_state.value
    if not row.has_details:
        state = COMPLETED if row.work_state.is_finished else NOT_YET
    due = "" if row.work.is_excused else row.work.due_at.isoformat(timespec="seconds")
    return [row.key, row.name, state, int(row.is_late), due]


def _build_details(row: GradebookRow, sections: Sequence[tuple[int, str]]) -> list[Cell]:
    if not row.has_details:
        return [None] * (len(EXAM_COLUMNS) + len(sections))
    return [*_build_exam_cells(row), *(int(number in row.work.read) for number, _ in sections)]


def _build_exam_cells(row: GradebookRow) -> list[Cell]:
    is_by_hand = row.work.hand_grade is not None
    return [
        None if row.score is None else compute_percent(row.score),
        int(is_by_hand),
        sum(each.graded is not None for each in row.work.tries),
    ]


def compute_percent(score: Fraction) -> Decimal:
    """Return a score as percent with up to two digits after the point, never rounded up."""
    return (Decimal(int(score * 10_000)) / 100).normalize()
