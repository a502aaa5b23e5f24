"""The versions of a course for those who work on it: who takes which, and how one is stopped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.history import queries as history
from cpd.authoring.history.queries import FileVersion
from cpd.authoring.pages import find_names_of_people
from cpd.authoring.stopping import actions, queries
from cpd.authoring.stopping.actions import AlreadyStoppedError, NotPausedError, Stopping
from cpd.authoring.stopping.forms import AnswerForm, StopForm
from cpd.courses.models import CourseRow, Revision
from cpd.courses.rules.ledger import Stop
from cpd.db import db, unit_of_work
from cpd.dual_control import actions as dual_control
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules.requests import DualControlError, SamePersonError
from cpd.kernel import clock

CONFLICT, WRONG = 409, 422


@dataclass(frozen=True)
class CourseVersion:
    """A version of a course, who takes it, and whether it is stopped."""

    version: FileVersion
    learner_count: int
    stop: Stop | None
    request: DualControlRequest | None
    """What a second person is to confirm."""


@bp.get("/courses/<string:course>/versions")
@requires(Permission.VERSION_STOP)
def list_course_versions(course: str) -> ResponseReturnValue:
    """List the versions of a course, with the people who take each, and what stops it."""
    return _render_versions_page(_find_course_or_404(course))


@bp.post("/courses/<string:course>/versions/pause")
@requires(Permission.VERSION_STOP)
@keeps_typed_text
def pause_version(course: str) -> ResponseReturnValue:
    """Stop a version at once."""
    return _stop(course, actions.pause_version, _("The version is paused. Learners see why."))


@bp.post("/courses/<string:course>/versions/resumption")
@requires(Permission.VERSION_STOP)
def resume_version(course: str) -> ResponseReturnValue:
    """Let a paused version go on."""
    return _stop(course, actions.resume_version, _("The version has been resumed."))


@bp.post("/courses/<string:course>/versions/withdrawal")
@requires(Permission.VERSION_STOP)
@keeps_typed_text
def ask_to_withdraw_version(course: str) -> ResponseReturnValue:
    """Ask a second person to withdraw a version for good."""
    done = _("The version is paused. It will be withdrawn once somebody else confirms.")
    return _stop(course, actions.ask_to_withdraw_version, done)


@bp.post("/courses/<string:course>/versions/withdrawal/confirmation")
@requires(Permission.VERSION_STOP)
def confirm_withdrawal(course: str) -> ResponseReturnValue:
    """Withdraw a version as the second person."""
    row, form, actor = _find_course_or_404(course), AnswerForm.from_request(), current_actor()
    request = queries.find_withdrawal_request(db.session(), actor, row, form.asked.data)
    if request is None:
        abort(404)
    names = find_names_of_people(request.asked_by, actor.subject)
    try:
        with unit_of_work() as session:
            actions.confirm_withdrawal(
                session,
                _find_version_or_404(row, request.object),
                session.get_one(DualControlRequest, request.id),
                Stopping(actor, " and ".join(names.values()), request.reason, clock.now()),
            )
    except DualControlError as refused:
        abort(CONFLICT, _describe_refusal(refused))
    flash(
        _("The version is withdrawn. The people who are taking it will be told by email."), "good"
    )
    return redirect(url_for(".list_course_versions", course=row.slug), 303)


@bp.post("/courses/<string:course>/versions/withdrawal/refusal")
@requires(Permission.VERSION_STOP)
def refuse_withdrawal(course: str) -> ResponseReturnValue:
    """Refuse to withdraw a version; it stays paused until somebody lets it go on."""
    row, form, actor = _find_course_or_404(course), AnswerForm.from_request(), current_actor()
    request = queries.find_withdrawal_request(db.session(), actor, row, form.asked.data)
    if request is None:
        abort(404)
    try:
        with unit_of_work() as session:
            found = session.get_one(DualControlRequest, request.id)
            dual_control.reject_request(session, found, actor=actor, now=clock.now())
    except DualControlError as refused:
        abort(CONFLICT, _describe_refusal(refused))
    flash(_("The version is not withdrawn. It stays paused until somebody resumes it."), "info")
    return redirect(url_for(".list_course_versions", course=row.slug), 303)


def _stop(course: str, act: Callable[..., Any], done: str) -> ResponseReturnValue:
    """Do one of the acts on the version that was sent, and say that it is done."""
    row, form = _find_course_or_404(course), StopForm.from_request()
    version = _find_version_or_404(row, form.version.data)
    if not form.validate():
        return _render_versions_page(row, form, failed=act.__name__), WRONG
    actor = current_actor()
    names = find_names_of_people(actor.subject)[actor.subject]
    stopping = Stopping(actor, names, form.reason.data or "", clock.now())
    try:
        with unit_of_work() as session:
            act(session, session.get_one(Revision, version.id), stopping)
    except (AlreadyStoppedError, NotPausedError, DualControlError) as refused:
        form.form_errors.append(_describe_refusal(refused))
        return _render_versions_page(row, form, failed=act.__name__), CONFLICT
    flash(done, "good")
    return redirect(url_for(".list_course_versions", course=row.slug), 303)


def _describe_refusal(refused: Exception) -> str:
    if isinstance(refused, SamePersonError):
        return str(_("A second person is needed, so somebody else must do this."))
    return str(_("Somebody else has already changed the state of this version. Look at it again."))


def _find_course_or_404(slug: str) -> CourseRow:
    return queries.find_stoppable_course(db.session(), current_actor(), slug) or abort(404)


def _find_version_or_404(course: CourseRow, public_id: str) -> Revision:
    return queries.find_version(db.session(), course, public_id) or abort(404)


def _render_versions_page(
    course: CourseRow, form: StopForm | None = None, *, failed: str = ""
) -> str:
    session, actor = db.session(), current_actor()
    versions = history.find_versions_of_course(session, course)
    return render_template(
        "authoring/stopping/versions.html",
        course=course,
        form=form or StopForm(),
        failed=failed,
        versions=_build_course_versions(course, versions),
        names=find_names_of_people(*(version.actor for version in versions)),
        own=actor.subject,
        may_write=actor.may(Permission.DRAFT_WRITE),
    )


def _build_course_versions(
    course: CourseRow, versions: Sequence[FileVersion]
) -> list[CourseVersion]:
    session, now = db.session(), clock.now()
    counts = history.count_active_learners_by_version(session, course)
    stops = queries.find_stops_by_hash(session, course)
    requests = queries.find_open_withdrawal_requests(session, current_actor(), versions, now=now)
    return [
        CourseVersion(
            version,
            counts.get(version.revision_id, 0),
            stops.get(version.content_hash),
            requests.get(version.public_id),
        )
        for version in versions
    ]
