"""The pages of assignments."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.courses.rules.outline import Outline
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.models import SchoolKind
from cpd.organisations.queries import find_scope_of_route
from cpd.schools import hooks
from cpd.schools.assignment_pages.forms import (
    TERMS,
    AssignmentForm,
    NewAssignmentForm,
    build_values_of_assignment,
)
from cpd.schools.assignment_pages.queries import LearnerCounts, count_learners_by_assignment
from cpd.schools.assignment_pages.refusals import describe_refusal
from cpd.schools.assignments import actions, queries
from cpd.schools.assignments.actions import (
    AssignmentFaults,
    AssignmentRefusal,
    NewAssignment,
    load_newest_outline,
)
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.windows import Stage
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import find_cohort, find_cohorts
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    current_reach,
    find_assignment_or_404,
    find_current_school,
    render_school_page,
)
from cpd.web.reading import read_page_number, read_query_value


@bp.get("/<string:slug>/assignments")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def list_assignments(slug: str) -> ResponseReturnValue:
    """List the assignments that the reader may see, the last due first."""
    del slug
    session = db.session()
    page = queries.find_assignments_page(session, current_reach(), page=read_page_number())
    if page is None:
        abort(404)
    return render_school_page(
        "schools/assignments/assignments.html",
        find_current_school(),
        page=page,
        titles=queries.find_course_titles(session, [row.course_id for row in page.rows]),
        now=clock.now(),
    )


@bp.get("/<string:slug>/assignments/<string:public_id>")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_assignment(slug: str, public_id: str) -> ResponseReturnValue:
    """Show an assignment: its dates and terms, and how far the class is."""
    del slug
    session, reach, actor = db.session(), current_reach(), current_actor()
    assignment = find_assignment_or_404(public_id)
    outline = load_newest_outline(session, assignment.course_id)
    counts = count_learners_by_assignment(session, reach, [assignment])
    return render_school_page(
        "schools/assignments/assignment.html",
        assignment.cohort.school,
        assignment=assignment,
        terms=assignment.terms,
        outline=outline,
        counts=counts.get(assignment.id, LearnerCounts()),
        title_of_course=queries.find_course_titles(session, [assignment.course_id])[
            assignment.course_id
        ],
        is_employer=_is_employer(assignment.cohort),
        now=clock.now(),
        panels=hooks.assignment_panels(session, actor, reach, assignment),
    )


# Giving one


@bp.get("/<string:slug>/assignments/new")
@requires(Permission.ASSIGNMENT_MANAGE, within=find_scope_of_route)
def ask_new_assignment(slug: str) -> ResponseReturnValue:
    """Ask which course and which class, then when it is due and on what terms."""
    del slug
    session, reach = db.session(), current_reach()
    course, class_id = read_query_value("course"), read_query_value("class")
    courses = queries.find_assignable_courses(session, reach)
    course_id = _find_course_id(course)
    cohort = find_cohort(session, reach, class_id)
    if course_id is None or cohort is None or cohort.archived_at is not None:
        return render_school_page(
            "schools/assignments/choose.html",
            find_current_school(),
            courses=list(courses.values()),
            cohorts=find_cohorts(session, reach),
            class_id=class_id,
        )
    outline = load_newest_outline(session, course_id)
    required = [section.slug for section in outline.required_sections]
    form = NewAssignmentForm(
        data={"course": course, "class_id": class_id, "sections": required},
        outline=outline,
        is_employer=_is_employer(cohort),
    )
    return _render_form(form, outline, cohort)


@bp.post("/<string:slug>/assignments/new")
@requires(Permission.ASSIGNMENT_MANAGE, within=find_scope_of_route)
def create_assignment(slug: str) -> ResponseReturnValue:
    """Assign a course to a class."""
    cohort, course_id = _find_chosen_class_and_course_or_404()
    outline = load_newest_outline(db.session(), course_id)
    form = NewAssignmentForm.from_request(outline=outline, is_employer=_is_employer(cohort))
    is_valid = form.validate()
    window = form.read_window(cohort.time_zone)
    if not is_valid or window is None:
        return _render_form(form, outline, cohort), INVALID
    new, actor = NewAssignment(course_id, window, form.read_terms()), current_actor()
    reach, now = current_reach(), clock.now()
    with unit_of_work() as session:
        made = actions.assign_course(session, reach, cohort.public_id, new, actor=actor, now=now)
    if isinstance(made, Assignment):
        flash(
            _("The course is assigned. Everyone in the class will find it on their home page."),
            "good",
        )
        return redirect(url_for(".show_assignment", slug=slug, public_id=made.public_id), 303)
    return _render_refusal(form, outline, cohort, made)


def _find_chosen_class_and_course_or_404() -> tuple[Cohort, int]:
    """Return the class and the course that the form names."""
    class_id, course = request.form.get("class_id", ""), request.form.get("course", "")
    cohort = find_cohort(db.session(), current_reach(), class_id) or abort(404)
    return cohort, _find_course_id(course) or abort(404)


def _find_course_id(slug: str) -> int | None:
    courses = queries.find_assignable_courses(db.session(), current_reach())
    return next((id_ for id_, course in courses.items() if course.slug == slug), None)


# Changing and canceling one


@bp.get("/<string:slug>/assignments/<string:public_id>/settings")
@requires(Permission.ASSIGNMENT_MANAGE, within=find_scope_of_route)
def ask_assignment_changes(slug: str, public_id: str) -> ResponseReturnValue:
    """Show what can be changed about an assignment."""
    del slug
    assignment = find_assignment_or_404(public_id)
    outline = load_newest_outline(db.session(), assignment.course_id)
    required = [section.slug for section in outline.required_sections]
    form = AssignmentForm(
        data=build_values_of_assignment(assignment, required),
        outline=outline,
        is_employer=_is_employer(assignment.cohort),
    )
    return _render_changes(form, outline, assignment)


@bp.post("/<string:slug>/assignments/<string:public_id>/settings")
@requires(Permission.ASSIGNMENT_MANAGE, within=find_scope_of_route)
def change_assignment(slug: str, public_id: str) -> ResponseReturnValue:
    """Change the dates of an assignment, and its terms before it opens."""
    assignment = find_assignment_or_404(public_id)
    outline = load_newest_outline(db.session(), assignment.course_id)
    form = AssignmentForm.from_request(outline=outline, is_employer=_is_employer(assignment.cohort))
    if _are_terms_fixed(assignment) and not TERMS & set(request.form):
        form.leave_out_terms()  # what was filled in before the opening is refused instead
    is_valid = form.validate()
    window = form.read_window(assignment.zone)
    if not is_valid or window is None:
        return _render_changes(form, outline, assignment), INVALID
    terms = form.read_terms() if "purpose" in form else assignment.terms
    reach, actor, now = current_reach(), current_actor(), clock.now()
    with unit_of_work() as session:
        refusal = actions.change_assignment(
            session, reach, public_id, window, terms, actor=actor, now=now
        )
    if refusal is not None:
        assignment = find_assignment_or_404(public_id)
        return _render_refusal(form, outline, assignment.cohort, refusal, assignment)
    flash(_("Saved."), "good")
    return redirect(url_for(".show_assignment", slug=slug, public_id=public_id), 303)


@bp.post("/<string:slug>/assignments/<string:public_id>/cancellation")
@requires(Permission.ASSIGNMENT_MANAGE, within=find_scope_of_route)
def cancel_assignment(slug: str, public_id: str) -> ResponseReturnValue:
    """Take an assignment back."""
    find_assignment_or_404(public_id)
    reach, actor, now = current_reach(), current_actor(), clock.now()
    with unit_of_work() as session:
        actions.cancel_assignment(session, reach, public_id, actor=actor, now=now)
    flash(_("The assignment is canceled. The work done for it is kept."), "good")
    return redirect(url_for(".show_assignment", slug=slug, public_id=public_id), 303)


def _are_terms_fixed(assignment: Assignment) -> bool:
    return assignment.window.stage_at(clock.now()) is not Stage.BEFORE


def _is_employer(cohort: Cohort) -> bool:
    return cohort.school.kind is SchoolKind.CLINIC


def _render_changes(form: AssignmentForm, outline: Outline, assignment: Assignment) -> str:
    if _are_terms_fixed(assignment):
        form.leave_out_terms()
    return _render_form(form, outline, assignment.cohort, assignment)


def _render_form(
    form: AssignmentForm, outline: Outline, cohort: Cohort, assignment: Assignment | None = None
) -> str:
    return render_school_page(
        "schools/assignments/form.html",
        cohort.school,
        form=form,
        outline=outline,
        cohort=cohort,
        assignment=assignment,
        zone=cohort.time_zone if assignment is None else assignment.zone,
    )


def _render_refusal(
    form: AssignmentForm,
    outline: Outline,
    cohort: Cohort,
    refusal: AssignmentRefusal | AssignmentFaults,
    assignment: Assignment | None = None,
) -> ResponseReturnValue:
    if isinstance(refusal, AssignmentFaults):
        form.add_faults(refusal)
        return _render_form(form, outline, cohort, assignment), INVALID
    form.form_errors.append(describe_refusal(refusal))
    if assignment is not None:
        return _render_changes(form, outline, assignment), CONFLICT
    return _render_form(form, outline, cohort), CONFLICT
