"""The pages of classes."""

from collections.abc import Callable

import flask_babel
from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools import hooks
from cpd.schools.assignments.queries import find_assignments_page, find_course_titles
from cpd.schools.blueprint import bp
from cpd.schools.class_pages.actions import add_instructors, add_learners, remove_instructor
from cpd.schools.class_pages.forms import ClassForm, OnePersonForm, PeopleForm
from cpd.schools.cohorts import actions, queries
from cpd.schools.cohorts.actions import CohortNameTakenError, CohortRefusal
from cpd.schools.cohorts.models import Cohort
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    current_reach,
    find_cohort_or_404,
    find_current_school,
    render_school_page,
)
from cpd.web.reading import read_page_number

_: Callable[..., str] = flask_babel.gettext


@bp.get("/<string:slug>/classes")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def list_classes(slug: str) -> ResponseReturnValue:
    """List the classes that the reader may see, archived ones last."""
    del slug
    session, reach = db.session(), current_reach()
    page = queries.find_cohorts_page(session, reach, page=read_page_number()) or abort(404)
    return render_school_page(
        "schools/classes/classes.html",
        find_current_school(),
        page=page,
        learner_counts=queries.count_learners_by_cohort(session, reach),
    )


# Making, renaming and archiving one


@bp.get("/<string:slug>/classes/new")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def ask_new_class(slug: str) -> ResponseReturnValue:
    """Ask what a new class is called."""
    del slug
    return _render_name_page(ClassForm(), None)


@bp.post("/<string:slug>/classes/new")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def create_class(slug: str) -> ResponseReturnValue:
    """Make a class."""
    form, reach, now = ClassForm.from_request(), current_reach(), clock.now()
    if not form.validate():
        return _render_name_page(form, None), INVALID
    try:
        with unit_of_work() as session:
            made = actions.create_cohort(
                session, reach, form.name.data or "", actor=current_actor(), now=now
            )
    except CohortNameTakenError:
        made = CohortRefusal.NAME_TAKEN
    if isinstance(made, Cohort):
        flash(_("The class is created. Next, add people to it."), "good")
        return redirect(url_for(".choose_people", slug=slug, public_id=made.public_id), 303)
    form.name.errors = [_describe_refusal(made)]
    return _render_name_page(form, None), CONFLICT


@bp.get("/<string:slug>/classes/<string:public_id>/settings")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def ask_class_settings(slug: str, public_id: str) -> ResponseReturnValue:
    """Show what can be changed about a class."""
    del slug
    cohort = find_cohort_or_404(public_id)
    return _render_name_page(ClassForm(data={"name": cohort.name}), cohort)


@bp.post("/<string:slug>/classes/<string:public_id>/settings")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def rename_class(slug: str, public_id: str) -> ResponseReturnValue:
    """Give a class another name."""
    cohort, form, reach = find_cohort_or_404(public_id), ClassForm.from_request(), current_reach()
    if not form.validate():
        return _render_name_page(form, cohort), INVALID
    name, actor, now = form.name.data or "", current_actor(), clock.now()
    try:
        with unit_of_work() as session:
            refusal = actions.rename_cohort(session, reach, public_id, name, actor=actor, now=now)
    except CohortNameTakenError:
        refusal = CohortRefusal.NAME_TAKEN
    if refusal is not None:
        form.name.errors = [_describe_refusal(refusal)]
        return _render_name_page(form, find_cohort_or_404(public_id)), CONFLICT
    flash(_("Saved."), "good")
    return redirect(url_for(".show_class", slug=slug, public_id=public_id), 303)


@bp.post("/<string:slug>/classes/<string:public_id>/archive")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def archive_class(slug: str, public_id: str) -> ResponseReturnValue:
    """End a class."""
    find_cohort_or_404(public_id)
    reach, actor, now = current_reach(), current_actor(), clock.now()
    with unit_of_work() as session:
        actions.archive_cohort(session, reach, public_id, actor=actor, now=now)
    flash(_("The class is archived. The work done in it is kept."), "good")
    return redirect(url_for(".list_classes", slug=slug), 303)


def _render_name_page(form: ClassForm, cohort: Cohort | None) -> str:
    return render_school_page(
        "schools/classes/settings.html", find_current_school(), form=form, cohort=cohort
    )


# One class, and who is in it


@bp.get("/<string:slug>/classes/<string:public_id>")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_class(slug: str, public_id: str) -> ResponseReturnValue:
    """Show a class: its assignments, who teaches it and who learns in it."""
    del slug
    session, reach, actor = db.session(), current_reach(), current_actor()
    cohort = find_cohort_or_404(public_id)
    learners = queries.find_learners_page(session, reach, cohort, page=read_page_number())
    if learners is None:
        abort(404)
    instructors = queries.find_instructors(session, reach, cohort)
    assignments = find_assignments_page(session, reach, cohort=cohort)
    rows = assignments.rows if assignments else ()
    subjects = [*instructors, *(learner.subject for learner in learners.rows)]
    return render_school_page(
        "schools/classes/class.html",
        cohort.school,
        cohort=cohort,
        learners=learners,
        instructors=instructors,
        names=find_names_by_subject(session, subjects),
        assignments=rows,
        assignment_count=assignments.count if assignments else 0,
        titles=find_course_titles(session, [row.course_id for row in rows]),
        now=clock.now(),
        panels=hooks.class_panels(session, actor, reach, cohort),
    )


@bp.get("/<string:slug>/classes/<string:public_id>/people")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def choose_people(slug: str, public_id: str) -> ResponseReturnValue:
    """List the members of the school who are not in a class, to choose from."""
    del slug
    return _render_people_page(find_cohort_or_404(public_id))


@bp.post("/<string:slug>/classes/<string:public_id>/learners")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def add_class_learners(slug: str, public_id: str) -> ResponseReturnValue:
    """Put the chosen members into a class."""
    return _add_people(slug, public_id, add_learners)


@bp.post("/<string:slug>/classes/<string:public_id>/instructors")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def add_class_instructors(slug: str, public_id: str) -> ResponseReturnValue:
    """Let the chosen members teach a class."""
    return _add_people(slug, public_id, add_instructors)


def _add_people(
    slug: str, public_id: str, add: Callable[..., CohortRefusal | None]
) -> ResponseReturnValue:
    cohort, form, reach = find_cohort_or_404(public_id), PeopleForm.from_request(), current_reach()
    if not form.members.data:
        return _render_people_page(cohort, _("Choose at least one person.")), INVALID
    actor, now = current_actor(), clock.now()
    with unit_of_work() as session:
        refusal = add(session, reach, public_id, form.members.data, actor=actor, now=now)
        if refusal in {CohortRefusal.NOT_A_MEMBER, CohortRefusal.OUT_OF_REACH}:
            abort(404)
    if refusal is not None:
        return _render_people_page(cohort, _describe_refusal(refusal)), CONFLICT
    flash(_("Saved."), "good")
    return redirect(url_for(".show_class", slug=slug, public_id=public_id), 303)


def _render_people_page(cohort: Cohort, refusal: str = "") -> str:
    session, reach = db.session(), current_reach()
    page = queries.find_people_outside(session, reach, cohort, page=read_page_number())
    if page is None:
        abort(404)
    return render_school_page(
        "schools/classes/people.html",
        cohort.school,
        cohort=cohort,
        page=page,
        names=find_names_by_subject(session, [member.subject for member in page.rows]),
        instructors=queries.find_instructors(session, reach, cohort),
        refusal=refusal,
    )


@bp.post("/<string:slug>/classes/<string:public_id>/learners/removal")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def remove_class_learner(slug: str, public_id: str) -> ResponseReturnValue:
    """Take somebody out of a class."""
    form = OnePersonForm.from_request()
    member = queries.find_learner(db.session(), current_reach(), form.member.data) or abort(404)
    return _remove_person(slug, public_id, member.subject, actions.remove_learner)


@bp.post("/<string:slug>/classes/<string:public_id>/instructors/removal")
@requires(Permission.COHORT_MANAGE, within=find_scope_of_route)
def remove_class_instructor(slug: str, public_id: str) -> ResponseReturnValue:
    """Let somebody no longer teach a class."""
    cohort, subject = find_cohort_or_404(public_id), OnePersonForm.from_request().member.data
    if subject not in queries.find_instructors(db.session(), current_reach(), cohort):
        abort(404)
    return _remove_person(slug, public_id, subject, remove_instructor)


def _remove_person(
    slug: str, public_id: str, subject: str, remove: Callable[..., CohortRefusal | None]
) -> ResponseReturnValue:
    reach, actor, now = current_reach(), current_actor(), clock.now()
    with unit_of_work() as session:
        if remove(session, reach, public_id, subject, actor=actor, now=now) is not None:
            abort(404)
    flash(_("The person is removed from the class. The work done in it is kept."), "good")
    return redirect(url_for(".show_class", slug=slug, public_id=public_id), 303)


def _describe_refusal(refusal: CohortRefusal) -> str:
    if refusal is CohortRefusal.NAME_TAKEN:
        return _(
            "Another class has this name. Choose a different name, or archive that class first."
        )
    if refusal is CohortRefusal.ARCHIVED:
        return _("This class is archived, so nobody new can join.")
    return _("This school is closed, so it accepts no new classes.")
