"""What a learner did under an assignment, as they and their school see it; reads the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import flask_babel
import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from cpd.quizzes.rules.attempts import (
    AttemptState,
    Deadline,
    Move,
    effective_state,
)
from cpd.schools.gradebook.class_table import GradedCourse
from cpd.schools.gradebook.learner_queries import (
    AssignedTry,
    ReasonedGrade,
    TryMove,
    find_finished_sections,
    find_grades_given,
    find_moves_of_learner,
    find_repeats_of_learner,
    find_start,
    find_tries_of_learner,
)
from cpd.schools.gradebook.rules.scores import GradedTry, choose_score
from cpd.web.formatting import format_percent

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext

_MOVES: Mapping[Move | None, Any] = {
    None: _l("Started try %(num)s at the exam"),
    Move.SUBMIT: _l("Submitted try %(num)s"),
    Move.EXPIRE: _l("The time of try %(num)s ran out"),
    Move.GRADE: _l("Try %(num)s was graded"),
    Move.VOID: _l("Try %(num)s was voided and does not count"),
    Move.ADD_TIME: _l("Added time to try %(num)s near its end"),
    Move.EXTEND: _l("Try %(num)s was given more time"),
    Move.REOPEN: _l("Try %(num)s was reopened"),
}
"""The words of each move; None is the start."""


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened, in words."""

    at: datetime
    words: str
    reason: str = ""
    """Why somebody at the school did it."""
    actor: str = ""
    """Who did it, by subject, if it was not the learner."""


@dataclass(frozen=True)
class TryLine:
    """A try, and its place among those under this assignment."""

    place: int
    public_id: str
    words: str


@dataclass(frozen=True)
class LearnerTimeline:
    """All that a school sees of one learner under one assignment."""

    entries: Sequence[TimelineEntry]
    tries: Sequence[TryLine]
    hand_grade: ReasonedGrade | None
    """The grade that counts now."""
    automatic: Fraction | None
    """The score that counts without it."""


def find_timeline(
    session: Session,
    whose: sa.ColumnElement[bool],
    graded: GradedCourse,
    subject: str,
    *,
    now: datetime,
) -> LearnerTimeline:
    """Return what a learner did; an employer gets nothing of it."""
    if not graded.seen.has_reading:
        return LearnerTimeline((), (), None, None)
    assignment = graded.assignment
    started_at = find_start(session, whose, assignment, subject)
    tries = find_tries_of_learner(session, whose, assignment, subject)
    hand_grades = find_grades_given(session, whose, assignment, subject)
    titles = {section.slug: section.title for section in graded.outline.sections}
    read = [
        TimelineEntry(at, _("Finished the section “%(title)s”", title=titles.get(slug, slug)))
        for slug, at in find_finished_sections(session, whose, assignment, subject)
    ]
    moves = find_moves_of_learner(session, whose, assignment, subject) if tries else ()
    entries = [
        *([TimelineEntry(started_at, _("Started the course"))] if started_at else []),
        *read,
        *_find_entry_of_weak_spots(session, whose, graded, subject),
        *_build_entries_of_moves(tries, moves),
        *(entry for given in hand_grades for entry in _build_entries_of_grade(given)),
    ]
    counted = (build_graded_try(each) for each in tries)
    return LearnerTimeline(
        sorted(entries, key=lambda entry: entry.at),
        [_build_try_line(place, each, now) for place, each in enumerate(tries, start=1)],
        next((given for given in hand_grades if given.grade.ended_at is None), None),
        choose_score((each for each in counted if each), graded.terms.score_policy),
    )


def _find_entry_of_weak_spots(
    session: Session, whose: sa.ColumnElement[bool], graded: GradedCourse, subject: str
) -> list[TimelineEntry]:
    """Return when the learner had decided as many cases again as the assignment asks."""
    asked = graded.terms.weak_spot_cases
    if not asked:
        return []
    times = find_repeats_of_learner(session, whose, graded.assignment, subject)
    words = ngettext(
        "Practiced weak spots as assigned: %(num)s case",
        "Practiced weak spots as assigned: %(num)s cases",
        asked,
    )
    return [TimelineEntry(times[asked - 1], words)] if len(times) >= asked else []


def build_graded_try(one: AssignedTry) -> GradedTry | None:
    """Return the result of a try, while it counts."""
    if one.attempt.state is not AttemptState.GRADED or one.result is None:
        return None
    return GradedTry(one.attempt.number, one.result.score, one.result.passed)


def _build_entries_of_moves(
    tries: Sequence[AssignedTry], moves: Sequence[TryMove]
) -> list[TimelineEntry]:
    places = {each.attempt.id: place for place, each in enumerate(tries, start=1)}
    results = {each.attempt.id: each for each in tries}
    entries = []
    for move in moves:
        words = _describe_move(move, places[move.attempt_id], results[move.attempt_id])
        is_by_hand = move.move in {Move.VOID, Move.EXTEND, Move.REOPEN}
        entries.append(
            TimelineEntry(
                move.at,
                words,
                reason=move.reason if is_by_hand else "",
                actor=move.actor if is_by_hand else "",
            )
        )
    return entries


def _describe_move(move: TryMove, place: int, one: AssignedTry) -> str:
    graded = build_graded_try(one)
    if move.move is Move.GRADE and graded is not None:
        return _("Try %(num)s was graded: %(result)s", num=place, result=_describe(graded))
    return str(_MOVES[move.move]) % {"num": place}


def _describe(graded: GradedTry) -> str:
    score = format_percent(graded.score)
    return (
        _("passed, %(score)s", score=score)
        if graded.passed
        else _("not passed yet, %(score)s", score=score)
    )


def _build_entries_of_grade(given: ReasonedGrade) -> list[TimelineEntry]:
    grade = given.grade
    words = _("Graded by hand: %(score)s", score=format_percent(grade.score))
    entries = [TimelineEntry(grade.given_at, words, given.reason, grade.given_by)]
    if grade.ended_at is not None:
        ended = _("The grade of %(score)s no longer counts", score=format_percent(grade.score))
        entries.append(TimelineEntry(grade.ended_at, ended, actor=grade.ended_by or ""))
    return entries


def _build_try_line(place: int, one: AssignedTry, now: datetime) -> TryLine:
    attempt, graded = one.attempt, build_graded_try(one)
    state = effective_state(attempt.state, Deadline.from_json(attempt.deadline_inputs), now)
    words = {
        AttemptState.OPEN: _("open"),
        AttemptState.SUBMITTED: _("submitted, being graded"),
        AttemptState.EXPIRED: _("its time is over, being graded"),
        AttemptState.VOID: _("void, does not count"),
        AttemptState.GRADED: _describe(graded) if graded else "",
    }[state]
    return TryLine(place, attempt.public_id, words)
