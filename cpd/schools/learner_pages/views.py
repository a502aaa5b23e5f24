"""The page of a learner in a school, and what is granted to them alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, current_scope, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.models import Membership, SchoolKind
from cpd.organisations.queries import find_scope_of_route
from cpd.schools import hooks
from cpd.schools.accommodations import actions
from cpd.schools.accommodations.actions import GrantRefusal
from cpd.schools.accommodations.models import Accommodation, Excuse, Extension
from cpd.schools.accommodations.queries import (
    GrantsOfLearner,
    find_accommodation,
    find_grant_reasons,
    find_grants_of_learner,
)
from cpd.schools.accommodations.rules.granting import build_personal_window
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_assignments_of_learner, find_course_titles
from cpd.schools.assignments.rules.seen_by_school import find_seen_by_school
from cpd.schools.assignments.rules.terms import GradedTry, pick_counted_try
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.queries import Reach, find_cohorts_of_learner
from cpd.schools.learner_pages.forms import (
    AccommodationForm,
    EndGrantForm,
    ExcuseForm,
    ExtensionForm,
    GrantForm,
)
from cpd.schools.learner_pages.queries import find_graded_tries
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    current_reach,
    find_learner_or_404,
    render_school_page,
)
from cpd.schools.time_fields import resolve_time_field
from cpd.web.forms import Form, NoFields
from cpd.web.reading import read_query_value


@dataclass(frozen=True)
class AssignmentOfLearner:
    """What is assigned to a learner, as it holds for them, and the try that counts."""

    assignment: Assignment
    window: Window
    extension: Extension | None
    excuse: Excuse | None
    try_count: int
    counted: GradedTry | None


@bp.get("/<string:slug>/people/<string:public_id>")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_learner(slug: str, public_id: str) -> ResponseReturnValue:
    """Show a learner: classes, assignments, and to those who may grant, what is granted and why."""
    del slug
    session, reach, actor = db.session(), current_reach(), current_actor()
    member = find_learner_or_404(public_id)
    grants = find_grants_of_learner(session, reach, member.subject)
    may_grant = actor.may(Permission.ACCOMMODATION_GRANT, within=reach.scope)
    rows = _find_assignments(reach, member, grants)
    granters = [grants.accommodation, *grants.extensions, *grants.excuses]
    subjects = [member.subject, *(grant.granted_by for grant in granters if grant is not None)]
    return render_school_page(
        "schools/learners/learner.html",
        member.school,
        member=member,
        cohorts=find_cohorts_of_learner(session, reach, member),
        rows=rows,
        titles=find_course_titles(session, [row.assignment.course_id for row in rows]),
        accommodation=grants.accommodation,
        reasons=find_grant_reasons(session, reach.scope, member.subject) if may_grant else {},
        names=find_names_by_subject(session, subjects),
        now=clock.now(),
        panels=hooks.learner_panels(session, actor, reach, member),
    )


def _find_assignments(
    reach: Reach, member: Membership, grants: GrantsOfLearner
) -> list[AssignmentOfLearner]:
    session = db.session()
    extensions = {grant.assignment_id: grant for grant in grants.extensions}
    excuses = {grant.assignment_id: grant for grant in grants.excuses}
    is_employer = member.school.kind is SchoolKind.CLINIC
    tries = find_graded_tries(session, reach, member.subject)
    found = []
    for row in find_assignments_of_learner(session, reach, member):
        extension = extensions.get(row.id)
        seen = find_seen_by_school(row.terms, is_employer=is_employer)
        own_tries = tries.get(row.public_id, ()) if seen.has_exam else ()
        found.append(
            AssignmentOfLearner(
                row,
                build_personal_window(row.window, extension.until if extension else None),
                extension,
                excuses.get(row.id),
                len(own_tries),
                pick_counted_try(row.score_policy, own_tries),
            )
        )
    return found


def _redirect_to_learner(slug: str, public_id: str, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for(".show_learner", slug=slug, public_id=public_id), 303)


def _render_form(template: str, form: Form, member: Membership) -> str:
    names = find_names_by_subject(db.session(), [member.subject])
    return render_school_page(
        f"schools/learners/{template}.html",
        member.school,
        form=form,
        member=member,
        name=names.get(member.subject) or _("Someone whose account was deleted"),
    )


# In every exam


@bp.get("/<string:slug>/people/<string:public_id>/accommodation")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def ask_accommodation(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask what a learner is granted in every exam."""
    del slug
    member = find_learner_or_404(public_id)
    present = find_accommodation(db.session(), current_scope(), member.subject)
    form = AccommodationForm(data=_build_values(present) if present else {})
    return _render_form("accommodation", form, member)


def _build_values(present: Accommodation) -> dict[str, object]:
    allowance = present.allowance
    return {
        "extra_percent": int((allowance.time_factor - 1) * 100),
        "has_no_timer": not allowance.has_timer,
        "extra_tries": allowance.extra_attempts,
    }


@bp.post("/<string:slug>/people/<string:public_id>/accommodation")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def grant_accommodation(slug: str, public_id: str) -> ResponseReturnValue:
    """Grant a learner something in every exam."""
    member, form = find_learner_or_404(public_id), AccommodationForm.from_request()
    if not form.validate():
        return _render_form("accommodation", form, member), INVALID
    scope, actor, now = current_scope(), current_actor(), clock.now()
    allowance, reason = form.entered_allowance, form.reason.data or ""
    with unit_of_work() as session:
        granted = actions.grant_accommodation(
            session, scope, public_id, allowance, reason, actor=actor, now=now
        )
    if isinstance(granted, Accommodation):
        return _redirect_to_learner(slug, public_id, _("Granted, from the next try on."))
    return _render_refusal("accommodation", form, public_id, granted)


@bp.post("/<string:slug>/people/<string:public_id>/accommodation/end")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def end_accommodation(slug: str, public_id: str) -> ResponseReturnValue:
    """End what a learner is granted in every exam."""
    find_learner_or_404(public_id)
    NoFields.from_request()
    scope, actor, now = current_scope(), current_actor(), clock.now()
    with unit_of_work() as session:
        if actions.end_accommodation(session, scope, public_id, actor=actor, now=now) is not None:
            abort(404)
    return _redirect_to_learner(slug, public_id, _("Ended. A try that is open keeps its time."))


def _render_refusal(
    template: str, form: GrantForm, public_id: str, refusal: actions.NotGranted
) -> ResponseReturnValue:
    if refusal is GrantRefusal.CANCELED:
        form.form_errors.append(_("This assignment was canceled."))
        return _render_form(template, form, find_learner_or_404(public_id)), CONFLICT
    if isinstance(refusal, GrantRefusal):
        abort(404)
    form.add_faults(refusal)
    return _render_form(template, form, find_learner_or_404(public_id)), INVALID


# On one assignment


def _find_choices(member: Membership) -> Sequence[tuple[str, str]]:
    session, reach = db.session(), current_reach()
    rows = find_assignments_of_learner(session, reach, member)
    titles = find_course_titles(session, [row.course_id for row in rows])
    return [(row.public_id, f"{titles[row.course_id]}, {row.cohort.name}") for row in rows]


@bp.get("/<string:slug>/people/<string:public_id>/extension")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def ask_extension(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask until when a learner has time for an assignment."""
    del slug
    member = find_learner_or_404(public_id)
    data = {"assignment": read_query_value("assignment")}
    form = ExtensionForm(data=data, assignments=_find_choices(member))
    return _render_form("extension", form, member)


@bp.post("/<string:slug>/people/<string:public_id>/extension")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def grant_extension(slug: str, public_id: str) -> ResponseReturnValue:
    """Grant a learner a later date on an assignment."""
    member = find_learner_or_404(public_id)
    form = ExtensionForm.from_request(assignments=_find_choices(member))
    is_valid = form.validate()
    until = resolve_time_field(form, "until", member.school.time_zone)
    if not is_valid or until is None:
        return _render_form("extension", form, member), INVALID
    reach, actor, now = current_reach(), current_actor(), clock.now()
    assignment_id, reason = form.assignment.data or "", form.reason.data or ""
    with unit_of_work() as session:
        granted = actions.grant_extension(
            session, reach, assignment_id, public_id, until, reason, actor=actor, now=now
        )
    if isinstance(granted, Extension):
        return _redirect_to_learner(slug, public_id, _("The later date is granted."))
    return _render_refusal("extension", form, public_id, granted)


@bp.post("/<string:slug>/people/<string:public_id>/extension/end")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def end_extension(slug: str, public_id: str) -> ResponseReturnValue:
    """Let the date of the class hold for a learner again."""
    find_learner_or_404(public_id)
    form, reach = EndGrantForm.from_request(), current_reach()
    with unit_of_work() as session:
        refusal = actions.end_extension(
            session,
            reach,
            form.assignment.data,
            public_id,
            actor=current_actor(),
            now=clock.now(),
        )
        if refusal is not None:
            abort(404)
    return _redirect_to_learner(slug, public_id, _("The date of the class holds again."))


@bp.get("/<string:slug>/people/<string:public_id>/excuse")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def ask_excuse(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask which assignment a learner need not do."""
    del slug
    member = find_learner_or_404(public_id)
    data = {"assignment": read_query_value("assignment")}
    return _render_form("excuse", ExcuseForm(data=data, assignments=_find_choices(member)), member)


@bp.post("/<string:slug>/people/<string:public_id>/excuse")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def excuse_learner(slug: str, public_id: str) -> ResponseReturnValue:
    """Excuse a learner from an assignment."""
    member = find_learner_or_404(public_id)
    form = ExcuseForm.from_request(assignments=_find_choices(member))
    if not form.validate():
        return _render_form("excuse", form, member), INVALID
    reach, actor, now = current_reach(), current_actor(), clock.now()
    assignment_id, reason = form.assignment.data or "", form.reason.data or ""
    with unit_of_work() as session:
        granted = actions.excuse_learner(
            session, reach, assignment_id, public_id, reason, actor=actor, now=now
        )
    if isinstance(granted, Excuse):
        return _redirect_to_learner(slug, public_id, _("Excused."))
    return _render_refusal("excuse", form, public_id, granted)


@bp.post("/<string:slug>/people/<string:public_id>/excuse/end")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def end_excuse(slug: str, public_id: str) -> ResponseReturnValue:
    """Let an assignment hold for a learner again."""
    find_learner_or_404(public_id)
    form, reach = EndGrantForm.from_request(), current_reach()
    with unit_of_work() as session:
        refusal = actions.end_excuse(
            session,
            reach,
            form.assignment.data,
            public_id,
            actor=current_actor(),
            now=clock.now(),
        )
        if refusal is not None:
            abort(404)
    return _redirect_to_learner(slug, public_id, _("The assignment holds again."))
