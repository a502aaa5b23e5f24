"""Reads of evaluations: a learner's own, and what all learners said about a course, unnamed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
from cpd.evaluations.rules.questions import Tally, build_tallies

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
    evaluation_count: int


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
        sa.select(Enrolment.course_id, sa.func.count().label("evaluation_count"))
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
            sa.func.coalesce(counts.c.evaluation_count, 0),
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
        CourseWithCount(slug, mark_text(title, language), count)
        for slug, title, count, language in rows
    ]
    return Overview(found, page, pages)


@dataclass(frozen=True)
class Summary:
    """What learners said about a course, added up, and one page of their comments."""

    course: Revision
    certified: int
    """How many enrollments have a certificate: the people who were asked."""
    evaluation_count: int
    tallies: Mapping[str, Tally]
    objectives: Mapping[str, str]
    """The texts of all objectives that anyone was asked about, by id."""
    comments: Sequence[str]
    commented: int
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
    of_course = (
        sa.select(Evaluation.id)
        .join(Enrolment, Enrolment.id == Evaluation.enrolment_id)
        .where(Enrolment.course_id == course.document.course_id)
    )
    commented = _count_selected_rows(session, of_course.join(EvaluationComment))
    pages = _list_page_count(commented)
    if not 1 <= page <= pages:
        return None
    return Summary(
        course=course,
        certified=_count_certified_enrolments(session, course),
        evaluation_count=_count_selected_rows(session, of_course),
        tallies=_find_rating_tallies(session, of_course),
        objectives=_find_evaluated_objectives(session, course),
        comments=_find_comment_texts(session, of_course, page),
        commented=commented,
        page=page,
        pages=pages,
    )


def _count_certified_enrolments(session: Session, course: Revision) -> int:
    count = (
        sa.select(sa.func.count(sa.distinct(Certificate.enrolment_id)))
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Enrolment.course_id == course.document.course_id)
    )
    return session.scalar(count) or 0


def _count_selected_rows(session: Session, rows: sa.Select[int]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0


def _find_rating_tallies(session: Session, of_course: sa.Select[int]) -> Mapping[str, Tally]:
    rows = session.execute(
        sa.select(EvaluationRating.question, EvaluationRating.value, sa.func.count())
        .where(EvaluationRating.evaluation_id.in_(of_course))
        .group_by(EvaluationRating.question, EvaluationRating.value)
    )
    return build_tallies((question, value, count) for question, value, count in rows)


def _find_comment_texts(session: Session, of_course: sa.Select[int], page: int) -> Sequence[str]:
    """Return the comments alone: not who wrote them or when, nor their other answers."""
    return session.scalars(
        sa.select(EvaluationComment.text)
        .where(EvaluationComment.evaluation_id.in_(of_course))
        .order_by(EvaluationComment.evaluation_id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()


def _find_evaluated_objectives(session: Session, course: Revision) -> Mapping[str, str]:
    """Return the objectives of every version that was evaluated; the newest wording wins."""
    evaluated = sa.select(Evaluation.course_revision_id).distinct()
    fronts = session.scalars(
        sa.select(Revision.front)
        .where(Revision.document_id == course.document_id, Revision.id.in_(evaluated))
        .order_by(Revision.number)
    )
    return {
        objective.id: objective.text
        for front in fronts
        for objective in CourseFront.from_json(front).objectives
    }


def _list_page_count(rows: int | None) -> int:
    return max(-(-(rows or 0) // PAGE), 1)
