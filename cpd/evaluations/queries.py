"""Reads of evaluations: a learner's own, and what all learners said about a course, unnamed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.certificates import queries as certificates
from cpd.certificates.models import Certificate, CertificateState
from cpd.content.languages import mark_text
from cpd.courses import queries as courses
from cpd.courses.models import CourseRow, Document, DocumentType, Enrolment, Revision
from cpd.courses.rules.fronts.course import CourseFront
from cpd.courses.visibility import visible_courses_condition
from cpd.evaluations.models import Evaluation, EvaluationComment, EvaluationRating
from cpd.evaluations.rules.questions import FEWEST, Tally, build_tallies, shown_count

PAGE = 30
"""Courses, or comments, on one page."""


@dataclass(frozen=True)
class CourseToEvaluate:
    """A course whose certificate the learner holds, so that they may evaluate it."""

    certificate: Certificate
    enrolment: Enrolment
    is_evaluated: bool


def find_course_to_evaluate(
    session: Session, actor: Actor, certificate_id: str
) -> CourseToEvaluate | None:
    """Return the course of the actor's own certificate; None for another person's."""
    own = certificates.find_own_certificate(session, actor, certificate_id)
    if own is None:
        return None
    is_evaluated = find_evaluation_of_enrolment(session, own.enrolment_id) is not None
    return CourseToEvaluate(own, own.enrolment, is_evaluated)


def find_evaluation_of_enrolment(session: Session, enrolment_id: int) -> Evaluation | None:
    """Return the evaluation that was given under an enrollment."""
    return session.scalar(sa.select(Evaluation).where(Evaluation.enrolment_id == enrolment_id))


def find_courses_not_yet_evaluated(
    session: Session, actor: Actor, enrolment_id: int | None = None
) -> Sequence[tuple[str, str]]:
    """Return the certificate id and the title of each course the actor may still evaluate.

    Returns all of them, or only that of one enrollment.
    """
    rows = (
        sa.select(
            sa.func.min(Certificate.public_id),
            Revision.title,
            sa.func.min(Revision.language_expression()),
        )
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Revision, Revision.id == Enrolment.course_revision_id)
        .outerjoin(Evaluation, Evaluation.enrolment_id == Enrolment.id)
        .where(
            Certificate.subject == actor.subject,
            Certificate.state == CertificateState.VALID,
            Evaluation.id.is_(None),
        )
        .group_by(Enrolment.id, Revision.title)
        .order_by(Enrolment.id.desc())
    )
    if enrolment_id is not None:
        rows = rows.where(Enrolment.id == enrolment_id)
    return [
        (public_id, mark_text(title, language))
        for public_id, title, language in session.execute(rows)
    ]


class CourseWithCount(NamedTuple):
    """A course, and how many learners have evaluated it."""

    slug: str
    title: str
    is_evaluated: bool
    shown_count: int
    """At least so many have; 0 if they are too few to tell."""


@dataclass(frozen=True)
class Overview:
    """One page of the courses, by title."""

    courses: Sequence[CourseWithCount]
    page: int
    pages: int


def find_evaluation_overview(session: Session, actor: Actor, *, page: int) -> Overview | None:
    """Return one page of the courses; None past the end, or for people who may not read it."""
    if not actor.may(Permission.EVALUATION_READ):
        return None
    visible = visible_courses_condition(actor)
    pages = _list_page_count(session.scalar(sa.select(sa.func.count(CourseRow.id)).where(visible)))
    if not 1 <= page <= pages:
        return None
    counts = (
        sa.select(
            Enrolment.course_id,
            sa.func.count(sa.distinct(Evaluation.subject)).label("people_count"),
        )
        .join(Evaluation, Evaluation.enrolment_id == Enrolment.id)
        .group_by(Enrolment.course_id)
        .subquery()
    )
    newest = (
        sa.select(Revision.document_id, sa.func.max(Revision.number).label("number"))
        .group_by(Revision.document_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            Document.slug,
            Revision.title,
            sa.func.coalesce(counts.c.people_count, 0),
            Revision.language_expression(),
        )
        .join(CourseRow, CourseRow.id == Document.course_id)
        .join(newest, newest.c.document_id == Document.id)
        .join(
            Revision,
            (Revision.document_id == Document.id) & (Revision.number == newest.c.number),
        )
        .outerjoin(counts, counts.c.course_id == Document.course_id)
        .where(Document.type == DocumentType.COURSE, visible)
        .order_by(Revision.title)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    found = [
        CourseWithCount(slug, mark_text(title, language), count > 0, shown_count(count))
        for slug, title, count, language in rows
    ]
    return Overview(found, page, pages)


@dataclass(frozen=True)
class Summary:
    """What learners said about a course, added up, and one page of their comments.

    It contains answers in whole groups of `FEWEST` only.
    """

    course: Revision
    certified: int
    """How many people have a certificate: they were asked."""
    is_evaluated: bool
    shown_count: int
    """How many evaluations are shown; 0 if they are too few."""
    tallies: Mapping[str, Tally]
    """For every question that anyone answered; empty where too few did."""
    objectives: Mapping[str, str]
    """The texts of all objectives that anyone was asked about, by id."""
    comments: Sequence[str]
    page: int
    pages: int


def find_evaluation_summary(
    session: Session, actor: Actor, slug: str, *, page: int
) -> Summary | None:
    """Return what learners said about a course, without names; None if there is no such page."""
    may = actor.may(Permission.EVALUATION_READ)
    course = courses.find_newest_course_revision(session, actor, slug) if may else None
    if course is None:
        return None
    firsts = select_first_evaluations(course.document.course_id).subquery()
    comments = _select_shown_comments(firsts)
    pages = _list_page_count(_count_selected_rows(session, comments))
    if not 1 <= page <= pages:
        return None
    count = _count_selected_rows(session, sa.select(firsts))
    return Summary(
        course=course,
        certified=_count_certified_people(session, course),
        is_evaluated=count > 0,
        shown_count=shown_count(count),
        tallies=_find_rating_tallies(session, firsts),
        objectives=find_evaluated_objectives(session, course.document.course_id),
        comments=session.scalars(comments.limit(PAGE).offset((page - 1) * PAGE)).all(),
        page=page,
        pages=pages,
    )


def select_first_evaluations(course_id: int) -> sa.Select[int]:
    """Select the first evaluation of each person, in any version and context of a course.

    Someone who takes the course again may evaluate it again, but must not count as two people.
    """
    return (
        sa.select(sa.func.min(Evaluation.id).label("id"))
        .join(Enrolment, Enrolment.id == Evaluation.enrolment_id)
        .where(Enrolment.course_id == course_id)
        .group_by(Evaluation.subject)
    )


def _count_certified_people(session: Session, course: Revision) -> int:
    count = (
        sa.select(sa.func.count(sa.distinct(Certificate.subject)))
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Enrolment.course_id == course.document.course_id)
    )
    return session.scalar(count) or 0


def _count_selected_rows(session: Session, rows: sa.Select[Any]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0


def _find_rating_tallies(session: Session, firsts: sa.Subquery) -> Mapping[str, Tally]:
    """Count the first answers to each question, in whole groups."""
    question = EvaluationRating.question
    numbered = (
        sa.select(
            question,
            EvaluationRating.value,
            sa.func.row_number()
            .over(partition_by=question, order_by=EvaluationRating.evaluation_id)
            .label("place"),
            sa.func.count().over(partition_by=question).label("total"),
        )
        .join(firsts, firsts.c.id == EvaluationRating.evaluation_id)
        .subquery()
    )
    is_shown = sa.case((_is_in_whole_group(numbered.c.place, numbered.c.total), 1), else_=0)
    rows = session.execute(
        sa.select(numbered.c.question, numbered.c.value, sa.func.sum(is_shown)).group_by(
            numbered.c.question, numbered.c.value
        )
    )
    return build_tallies((name, value, count) for name, value, count in rows)


def _select_shown_comments(firsts: sa.Subquery) -> sa.Select[str]:
    """Select the comments alone: not who wrote them or when, nor their other answers.

    The newest group comes first; within a group, the order says nothing about time.
    """
    numbered = sa.select(
        firsts.c.id,
        sa.func.row_number().over(order_by=firsts.c.id).label("place"),
        sa.func.count().over().label("total"),
    ).subquery()
    return (
        sa.select(EvaluationComment.text)
        .join(numbered, numbered.c.id == EvaluationComment.evaluation_id)
        .where(_is_in_whole_group(numbered.c.place, numbered.c.total))
        .order_by(((numbered.c.place - 1) // FEWEST).desc(), EvaluationComment.salt)
    )


def _is_in_whole_group(
    place: sa.ColumnElement[int], total: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    return place <= total - total % FEWEST


def find_evaluated_objectives(session: Session, course_id: int) -> Mapping[str, str]:
    """Return the objectives of every version that was evaluated; the newest wording wins."""
    evaluated = sa.select(Evaluation.course_revision_id).distinct()
    fronts = session.scalars(
        sa.select(Revision.front)
        .join(Document, Document.id == Revision.document_id)
        .where(Document.course_id == course_id, Revision.id.in_(evaluated))
        .order_by(Revision.number)
    )
    return {
        objective.id: objective.text
        for front in fronts
        for objective in CourseFront.from_json(front).objectives
    }


def _list_page_count(rows: int | None) -> int:
    return max(-(-(rows or 0) // PAGE), 1)
