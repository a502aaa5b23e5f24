"""The boards of a school: the matrices of safety topics, who needs practice, the class report."""

from collections.abc import Sequence
from typing import TypeVar

from flask import abort
from flask.typing import ResponseReturnValue

from cpd.access.guard import requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.courses.models import Revision
from cpd.db import Page, db
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.boards.matrices import (
    PEOPLE_PER_PAGE,
    TopicBoard,
    find_class_matrix,
    find_learner_matrix,
    find_topic_of_class,
)
from cpd.schools.boards.queries import find_assigned_courses
from cpd.schools.boards.reports import find_class_report
from cpd.schools.gradebook import names_shown
from cpd.schools.pages import (
    current_reach,
    find_assignment_or_404,
    find_cohort_or_404,
    find_current_school,
    render_school_page,
)
from cpd.web.reading import read_page_number, read_query_value

PRACTICE = "practice"
ALL = "all"

Row = TypeVar("Row")


@bp.get("/<string:slug>/topics")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_topics(slug: str) -> ResponseReturnValue:
    """Show by class on which safety topics how many people need practice."""
    del slug
    session, reach = db.session(), current_reach()
    courses = find_assigned_courses(session, reach)
    course = _find_chosen_course(courses)
    board = course and TopicBoard(session, reach, course, is_practice=_is_practice())
    return render_school_page(
        "schools/boards/topics.html",
        find_current_school(),
        courses=courses,
        board=board,
        matrix=board and find_class_matrix(board),
    )


def _is_practice() -> bool:
    return read_query_value("answers") == PRACTICE


def _find_chosen_course(courses: Sequence[Revision]) -> Revision | None:
    """Return the course that the address names, or the first one; 404 for another one."""
    slug = read_query_value("course")
    if slug:
        return next((it for it in courses if it.document.slug == slug), None) or abort(404)
    return courses[0] if courses else None


def _find_board_or_404() -> TopicBoard:
    session, reach = db.session(), current_reach()
    course = _find_chosen_course(find_assigned_courses(session, reach)) or abort(404)
    return TopicBoard(session, reach, course, is_practice=_is_practice())


@bp.get("/<string:slug>/classes/<string:public_id>/topics")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_topics_of_class(slug: str, public_id: str) -> ResponseReturnValue:
    """Show person by person on which safety topics a class needs practice."""
    del slug
    cohort, board = find_cohort_or_404(public_id), _find_board_or_404()
    number = None if _is_all() else read_page_number()
    matrix = find_learner_matrix(board, cohort, number=number) or abort(404)
    subjects = [it.subject for it in matrix.page.rows]
    has_names = not names_shown.are_names_hidden()
    return render_school_page(
        "schools/boards/class_topics.html",
        cohort.school,
        cohort=cohort,
        board=board,
        matrix=matrix,
        is_all=number is None,
        has_names=has_names,
        names=find_names_by_subject(board.session, subjects) if has_names else {},
    )


@bp.get("/<string:slug>/classes/<string:public_id>/topics/<string:topic>")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_topic_of_class(slug: str, public_id: str, topic: str) -> ResponseReturnValue:
    """Show who in a class needs practice on a safety topic, and what they had read."""
    del slug
    cohort, board = find_cohort_or_404(public_id), _find_board_or_404()
    card = board.outline.hazard(topic) or abort(404)
    found = find_topic_of_class(board, cohort, card)
    page = _cut_page(found.choices, read_page_number())
    return render_school_page(
        "schools/boards/topic.html",
        cohort.school,
        cohort=cohort,
        board=board,
        card=card,
        found=found,
        page=page,
        names=find_names_by_subject(board.session, {it.membership.subject for it in page.rows}),
    )


def _is_all() -> bool:
    return read_query_value("view") == ALL


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
    people = report.people
    is_all = _is_all()
    page = Page(people, 1, 1, len(people)) if is_all else _cut_page(people, read_page_number())
    has_names = not names_shown.are_names_hidden()
    subjects = [it.subject for it in page.rows] if has_names else []
    return render_school_page(
        "schools/boards/report.html",
        assignment.cohort.school,
        report=report,
        assignment=assignment,
        now=clock.now(),
        page=page,
        is_all=is_all,
        has_names=has_names,
        names=find_names_by_subject(session, subjects),
    )
