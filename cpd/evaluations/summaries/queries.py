"""Reads of evaluations by period and version, in fixed groups of five.

The first forms of a course's learners are numbered once and for all, and every five make a group.
A group counts wholly or not at all: in the period in which its fifth form was given, and for a
version only if all five are about it. So whatever two selections are compared, they differ by whole
groups.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.courses import queries as courses
from cpd.courses.models import Revision
from cpd.db import Page, find_page
from cpd.evaluations.models import Evaluation, EvaluationComment, EvaluationRating
from cpd.evaluations.queries import find_evaluated_objectives, select_first_evaluations
from cpd.evaluations.rules.questions import FEWEST, Tally, build_tallies
from cpd.kernel.day_spans import DaySpan

COMMENTS_PER_PAGE = 30


@dataclass(frozen=True)
class Selection:
    """Which groups of forms are added up."""

    span: DaySpan | None = None
    """None for all that were ever given."""
    version: int | None = None
    """The number of the only version; None for all."""


@dataclass(frozen=True)
class PeriodSummary:
    """What the selected forms say, and one page of their comments."""

    course: Revision
    versions: Sequence[int]
    """The numbers of all versions of the course, the newest first."""
    form_count: int
    tallies: Mapping[str, Tally]
    """By question, for those that at least `FEWEST` people answered."""
    few: Sequence[str]
    """The questions that fewer answered."""
    objectives: Mapping[str, str]
    comments: Page[str]


@dataclass(frozen=True)
class UnnamedForm:
    """One form, without who gave it and when."""

    versions: str
    """The versions that its group is about, such as 3, or 3-4."""
    ratings: Mapping[str, int]
    comment: str


def find_course_and_versions(
    session: Session, actor: Actor, slug: str
) -> tuple[Revision, Sequence[int]] | None:
    """Return the newest version of a course and the numbers of all; None if it is not shown."""
    may = actor.may(Permission.EVALUATION_READ)
    course = courses.find_newest_course_revision(session, actor, slug) if may else None
    if course is None:
        return None
    numbers = (
        sa.select(Revision.number)
        .where(Revision.document_id == course.document_id)
        .order_by(Revision.number.desc())
    )
    return course, session.scalars(numbers).all()


def find_period_summary(
    session: Session,
    course: Revision,
    versions: Sequence[int],
    selection: Selection,
    *,
    page: int,
) -> PeriodSummary | None:
    """Return what the selected forms say, without names; None past the last page of comments."""
    shown = _select_shown_forms(course.document.course_id, selection).subquery()
    comments = find_page(
        session,
        sa.select(EvaluationComment.text)
        .join(shown, shown.c.id == EvaluationComment.evaluation_id)
        .order_by(EvaluationComment.salt),  # which says nothing about who or when
        number=page,
        size=COMMENTS_PER_PAGE,
    )
    if comments is None:
        return None
    tallies = _find_tallies(session, shown)
    return PeriodSummary(
        course=course,
        versions=versions,
        form_count=session.scalar(sa.select(sa.func.count()).select_from(shown)) or 0,
        tallies={name: it for name, it in tallies.items() if it.answer_count >= FEWEST},
        few=[name for name, it in tallies.items() if it.answer_count < FEWEST],
        objectives=find_evaluated_objectives(session, course.document.course_id),
        comments=comments,
    )


def find_unnamed_forms(session: Session, course_id: int, span: DaySpan) -> Sequence[UnnamedForm]:
    """Return the forms of a period's whole groups, in an order that says nothing."""
    shown = _select_shown_forms(course_id, Selection(span)).subquery()
    ratings: dict[int, dict[str, int]] = {}
    for form, question, value in session.execute(
        sa.select(EvaluationRating.evaluation_id, EvaluationRating.question, EvaluationRating.value)
        .join(shown, shown.c.id == EvaluationRating.evaluation_id)
        .order_by(EvaluationRating.question)
    ):
        ratings.setdefault(form, {})[question] = value
    rows = session.execute(
        sa.select(shown.c.id, shown.c.first, shown.c.last, EvaluationComment.text).outerjoin(
            EvaluationComment, EvaluationComment.evaluation_id == shown.c.id
        )
    )
    forms = [
        UnnamedForm(
            str(first) if first == last else f"{first}-{last}", ratings.get(id_, {}), text or ""
        )
        for id_, first, last, text in rows
    ]
    random.SystemRandom().shuffle(forms)
    return forms


def _find_tallies(session: Session, shown: sa.Subquery) -> Mapping[str, Tally]:
    rows = session.execute(
        sa.select(EvaluationRating.question, EvaluationRating.value, sa.func.count())
        .join(shown, shown.c.id == EvaluationRating.evaluation_id)
        .group_by(EvaluationRating.question, EvaluationRating.value)
        .order_by(EvaluationRating.question)
    )
    return build_tallies((name, value, count) for name, value, count in rows)


def _select_shown_forms(course_id: int, selection: Selection) -> sa.Select[int, int, int]:
    """Select the forms of the selected groups, each with the versions that its group is about."""
    firsts = select_first_evaluations(course_id).subquery()
    place = sa.func.row_number().over(order_by=Evaluation.id)
    numbered = (
        sa.select(
            Evaluation.id,
            Evaluation.given_at,
            Revision.number.label("version"),
            ((place - 1) // FEWEST).label("group"),
        )
        .join(firsts, firsts.c.id == Evaluation.id)
        .join(Revision, Revision.id == Evaluation.course_revision_id)
        .subquery()
    )
    first, last = sa.func.min(numbered.c.version), sa.func.max(numbered.c.version)
    groups = (
        sa.select(numbered.c.group, first.label("first"), last.label("last"))
        .group_by(numbered.c.group)
        .having(sa.func.count() == FEWEST)
    )
    if selection.span is not None:
        completed_at = sa.func.max(numbered.c.given_at)
        groups = groups.having(
            completed_at >= selection.span.begins_at, completed_at < selection.span.ends_before
        )
    if selection.version is not None:
        groups = groups.having(first == selection.version, last == selection.version)
    whole = groups.subquery()
    return sa.select(numbered.c.id, whole.c.first, whole.c.last).join(
        whole, whole.c.group == numbered.c.group
    )
