"""The pages that grant a learner something: in every exam, or on one assignment."""

from collections.abc import Sequence

from flask import abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, current_scope, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.models import Membership
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.accommodations import actions
from cpd.schools.accommodations.actions import AssignmentGrant
from cpd.schools.accommodations.models import Accommodation, Excuse, Extension
from cpd.schools.accommodations.queries import (
    find_accommodation,
)
from cpd.schools.assignments.queries import find_assignments_of_learner, find_course_titles
from cpd.schools.blueprint import bp
from cpd.schools.learner_pages.forms import (
    AccommodationForm,
    EndGrantForm,
    ExcuseForm,
    ExtensionForm,
)
from cpd.schools.learner_pages.pages import (
    redirect_to_learner,
    render_grant_form,
    render_grant_refusal,
)
from cpd.schools.pages import (
    INVALID,
    current_reach,
    find_learner_or_404,
)
from cpd.schools.time_fields import resolve_time_field
from cpd.web.forms import NoFields
from cpd.web.reading import read_query_value

# In every exam


@bp.get("/<string:slug>/people/<string:public_id>/accommodation")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def ask_accommodation(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask what a learner is granted in every exam."""
    del slug
    member = find_learner_or_404(public_id)
    present = find_accommodation(db.session(), current_scope(), member.subject)
    form = AccommodationForm(data=_build_values(present) if present else {})
    return render_grant_form("accommodation", form, member)


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
        return render_grant_form("accommodation", form, member), INVALID
    scope, actor, now = current_scope(), current_actor(), clock.now()
    allowance, reason = form.entered_allowance, form.reason.data or ""
    with unit_of_work() as session:
        granted = actions.grant_accommodation(
            session, scope, public_id, allowance, reason, actor=actor, now=now
        )
    if isinstance(granted, Accommodation):
        return redirect_to_learner(
            slug, public_id, _("This is granted and applies from the next try on.")
        )
    return render_grant_refusal("accommodation", form, public_id, granted)


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
    return redirect_to_learner(
        slug, public_id, _("This has ended. A try that is open now keeps its time.")
    )


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
    return render_grant_form("extension", form, member)


@bp.post("/<string:slug>/people/<string:public_id>/extension")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def grant_extension(slug: str, public_id: str) -> ResponseReturnValue:
    """Grant a learner a later date on an assignment."""
    member = find_learner_or_404(public_id)
    form = ExtensionForm.from_request(assignments=_find_choices(member))
    is_valid = form.validate()
    until = resolve_time_field(form, "until", member.school.time_zone)
    if not is_valid or until is None:
        return render_grant_form("extension", form, member), INVALID
    reach, actor, now = current_reach(), current_actor(), clock.now()
    assignment_id, reason = form.assignment.data or "", form.reason.data or ""
    with unit_of_work() as session:
        granted = actions.grant_extension(
            session, reach, assignment_id, public_id, until, reason, actor=actor, now=now
        )
    if isinstance(granted, Extension):
        return redirect_to_learner(slug, public_id, _("The later date is granted."))
    return render_grant_refusal("extension", form, public_id, granted)


@bp.post("/<string:slug>/people/<string:public_id>/extension/end")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def end_extension(slug: str, public_id: str) -> ResponseReturnValue:
    """Let the date of the class hold for a learner again."""
    said = _("The due date of the class applies again.")
    return _end_grant(slug, public_id, AssignmentGrant.EXTENSION, said)


@bp.get("/<string:slug>/people/<string:public_id>/excuse")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def ask_excuse(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask which assignment a learner need not do."""
    del slug
    member = find_learner_or_404(public_id)
    data = {"assignment": read_query_value("assignment")}
    return render_grant_form(
        "excuse", ExcuseForm(data=data, assignments=_find_choices(member)), member
    )


@bp.post("/<string:slug>/people/<string:public_id>/excuse")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def excuse_learner(slug: str, public_id: str) -> ResponseReturnValue:
    """Excuse a learner from an assignment."""
    member = find_learner_or_404(public_id)
    form = ExcuseForm.from_request(assignments=_find_choices(member))
    if not form.validate():
        return render_grant_form("excuse", form, member), INVALID
    reach, actor, now = current_reach(), current_actor(), clock.now()
    assignment_id, reason = form.assignment.data or "", form.reason.data or ""
    with unit_of_work() as session:
        granted = actions.excuse_learner(
            session, reach, assignment_id, public_id, reason, actor=actor, now=now
        )
    if isinstance(granted, Excuse):
        return redirect_to_learner(
            slug, public_id, _("The learner is excused from the assignment.")
        )
    return render_grant_refusal("excuse", form, public_id, granted)


@bp.post("/<string:slug>/people/<string:public_id>/excuse/end")
@requires(Permission.ACCOMMODATION_GRANT, within=find_scope_of_route)
def end_excuse(slug: str, public_id: str) -> ResponseReturnValue:
    """Let an assignment hold for a learner again."""
    return _end_grant(
        slug,
        public_id,
        AssignmentGrant.EXCUSE,
        _("The excuse is withdrawn, and the assignment is due again."),
    )


def _end_grant(slug: str, public_id: str, kind: AssignmentGrant, said: str) -> ResponseReturnValue:
    find_learner_or_404(public_id)
    form, reach, actor = EndGrantForm.from_request(), current_reach(), current_actor()
    with unit_of_work() as session:
        refusal = actions.end_grant(
            session, reach, kind, form.assignment.data, public_id, actor=actor, now=clock.now()
        )
        if refusal is not None:
            abort(404)
    return redirect_to_learner(slug, public_id, said)
