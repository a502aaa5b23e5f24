"""The boards of a school: the matrix of safety topics, who needs practice, and the class report."""

from collections.abc import Sequence
from typing import TypeVar

from flask import abort
from flask.typing import ResponseReturnValue

from cpd.access.guard import requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.courses import outlines
from cpd.courses.models import Revision
from cpd.courses.rules.outline import Outline
from cpd.db import Page, db
from cpd.kernel import clock
from cpd.organisations.models import SchoolKind
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.boards.harmful_choices import find_harmful_choices
from cpd.schools.boards.practice_choices import find_practice_counts
from cpd.schools.boards.queries import find_assigned_courses
from cpd.schools.boards.reports import find_class_report
from cpd.schools.boards.rules.topics import TopicRow, build_cell, build_row, sort_rows
from cpd.schools.boards.topic_queries import (
    ClassColumn,
    find_topic_counts,
    load_topics,
)
from cpd.schools.pages import (
    current_reach,
    find_assignment_or_404,
    find_cohort_or_404,
    find_current_school,
    render_school_page,
)
from cpd.web.reading import read_page_number, read_query_value

PEOPLE_PER_PAGE = 50
PRACTICE = "practice"

Row = TypeVar("Row")


@bp.get("/<string:slug>/topics")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_topics(slug: str) -> ResponseReturnValue:
    """Show by class on which safety topics how many people need practice."""
    del slug
    session, reach, school = db.session(), current_reach(), find_current_school()
    courses = find_assigned_courses(session, reach)
    course = _find_chosen_course(courses)
    if course is None or school.kind is SchoolKind.CLINIC:
        return render_school_page("schools/boards/topics.html", school, course=None)
    is_practice = read_query_value("answers") == PRACTICE
    find_counts = find_practice_counts if is_practice else find_topic_counts
    topics = load_topics(session, [course])
    classes = find_counts(session, reach, course.document.course_id, topics)
    outline = outlines.load_outline(session, course)
    return render_school_page(
        "schools/boards/topics.html",
        school,
        course=course,
        courses=courses,
        is_practice=is_practice,
        classes=classes,
        rows=_build_rows(classes, outline, may_name=not is_practice),
        titles={card.slug: card.title for card in outline.hazards},
    )


def _find_chosen_course(courses: Sequence[Revision]) -> Revision | None:
    """Return the course that the address names, or the first one; 404 for another one."""
    slug = read_query_value("course")
    if slug:
        return next((it for it in courses if it.document.slug == slug), None) or abort(404)
    return courses[0] if courses else None


def _build_rows(
    classes: Sequence[ClassColumn], outline: Outline, *, may_name: bool
) -> Sequence[TopicRow]:
    met = {topic for column in classes for topic in column.counts}
    return sort_rows(
        build_row(
            card.slug,
            (build_cell(column.counts.get(card.slug), may_name=may_name) for column in classes),
        )
        for card in outline.hazards
        if card.slug in met
    )


@bp.get("/<string:slug>/classes/<string:public_id>/topics/<string:topic>")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_topic_of_class(slug: str, public_id: str, topic: str) -> ResponseReturnValue:
    """Show who in a class needs practice on a safety topic, and what they had read."""
    del slug
    session, reach = db.session(), current_reach()
    cohort = find_cohort_or_404(public_id)
    course = _find_chosen_course(find_assigned_courses(session, reach)) or abort(404)
    outline = outlines.load_outline(session, course)
    card = next((card for card in outline.hazards if card.slug == topic), None)
    if card is None or cohort.school.kind is SchoolKind.CLINIC:
        abort(404)
    topics = load_topics(session, [course])
    choices = find_harmful_choices(session, reach, cohort, course.document.course_id, topics, topic)
    page = _cut_page(choices, read_page_number())
    return render_school_page(
        "schools/boards/topic.html",
        cohort.school,
        cohort=cohort,
        course=course,
        card=card,
        page=page,
        names=find_names_by_subject(session, {it.membership.subject for it in page.rows}),
        sections={section.slug: section.title for section in outline.sections},
    )


def _cut_page(rows: Sequence[Row], number: int) -> Page[Row]:
    """Return one page of rows that are all in memory, because the page counts them."""
    pages = max(-(-len(rows) // PEOPLE_PER_PAGE), 1)
    if not 1 <= number <= pages:
        abort(404)
    first = (number - 1) * PEOPLE_PER_PAGE
    return Page(rows[first : first + PEOPLE_PER_PAGE], number, pages, len(rows))


@bp.get("/<string:slug>/assignments/<string:public_id>/report")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_report(slug: str, public_id: str) -> ResponseReturnValue:
    """Show how far a class is with an assignment, person by person, to read or print."""
    del slug
    session, assignment = db.session(), find_assignment_or_404(public_id)
    report = find_class_report(session, current_reach(), assignment, now=clock.now())
    page = _cut_page(report.people, read_page_number())
    return render_school_page(
        "schools/boards/report.html",
        assignment.cohort.school,
        report=report,
        assignment=assignment,
        now=clock.now(),
        page=page,
        names=find_names_by_subject(session, [it.subject for it in page.rows]),
    )
