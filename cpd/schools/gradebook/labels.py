"""The words of the gradebook for states, filters and orders."""

from collections.abc import Callable, Mapping
from typing import Any

import flask_babel
from flask_babel import lazy_gettext as _l

from cpd.schools.gradebook.rules.listing import GradebookRow, Order, Showing
from cpd.schools.gradebook.rules.work_states import WorkState
from cpd.web.formatting import format_day, format_percent

_: Callable[..., str] = flask_babel.gettext

SHOWINGS: Mapping[Showing, Any] = {
    Showing.EVERYONE: _l("Everyone"),
    Showing.LATE: _l("Late"),
    Showing.UNFINISHED: _l("Not finished yet"),
    Showing.NOT_STARTED: _l("Not started"),
    Showing.NOT_PASSED: _l("Not passed yet"),
    Showing.FINISHED: _l("Finished"),
}
SHOWINGS_FOR_EMPLOYER: Mapping[Showing, Any] = {
    Showing.EVERYONE: _l("Everyone"),
    Showing.LATE: _l("Late"),
    Showing.UNFINISHED: _l("Not completed yet"),
    Showing.FINISHED: _l("Completed"),
}
"""An employer is shown no more than this, so it cannot be filtered by more."""

ORDERS: Mapping[Order, Any] = {
    Order.NAME: _l("Name"),
    Order.BEHIND: _l("Furthest behind first"),
    Order.DUE: _l("Due date"),
}
ORDERS_FOR_EMPLOYER: Mapping[Order, Any] = {
    order: words for order, words in ORDERS.items() if order is not Order.BEHIND
}

WORK_STATES: Mapping[WorkState, Any] = {
    WorkState.NOT_STARTED: _l("Not started"),
    WorkState.READING: _l("Reading"),
    WorkState.EXAM_OPEN: _l("Exam open"),
    WorkState.HANDED_IN: _l("Submitted, being graded"),
    WorkState.NOT_PASSED: _l("Not passed yet"),
    WorkState.COMPLETED: _l("Completed"),
    WorkState.PASSED: _l("Passed"),
    WorkState.GRADED_BY_HAND: _l("Graded by hand"),
}
SIGNS: Mapping[WorkState, tuple[str, int]] = {
    WorkState.NOT_STARTED: ("to-do", 0),
    WorkState.READING: ("begun", 0),
    WorkState.EXAM_OPEN: ("begun", 0),
    WorkState.HANDED_IN: ("handed-in", 0),
    WorkState.NOT_PASSED: ("again", 2),
    WorkState.COMPLETED: ("done", 1),
    WorkState.PASSED: ("seal", 1),
    WorkState.GRADED_BY_HAND: ("done", 1),
}
"""The icon of each, and its color."""


def describe_work_state(row: GradebookRow, *, is_employer: bool) -> str:
    """Return how far a learner is, with a score once there is one."""
    if is_employer:
        return _("Completed") if row.work_state.is_finished else _("Not completed yet")
    words = str(WORK_STATES[row.work_state])
    return words if row.score is None else f"{words}, {format_percent(row.score)}"


def describe_due(row: GradebookRow, zone: str, *, is_employer: bool) -> str:
    """Return when it is due for a learner; once it is finished, whether that was on time."""
    if row.work.is_excused:
        return _("excused")
    day = format_day(row.work.due_at, zone)
    if row.is_late:
        return _("late; was due %(day)s", day=day)
    if row.is_done_late and not is_employer:
        return _("finished late; was due %(day)s", day=day)
    return day
