"""The pages of reviewers: the way in, the list of files, and a case decided blind.

Nothing here may import a key, directly or through another module.
"""

from datetime import datetime
from functools import partial

from flask import abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, keeps_typed_text, public, requires
from cpd.access.permissions import Permission
from cpd.accounts.sign_in import known_browsers
from cpd.accounts.sign_in.rules.throttling import ThrottleScope
from cpd.accounts.sign_in.throttle import (
    Throttled,
    record_attempt_if_allowed,
    run_check_within_limits,
)
from cpd.authoring.blind import actions, queries
from cpd.authoring.blind.actions import ReviewClosedError
from cpd.authoring.blind.decision_page import render_blind_page, save_posted_step
from cpd.authoring.blind.forms import IntroductionForm, StepForm, VisitCodeForm
from cpd.authoring.blind.models import ReviewRequest
from cpd.authoring.blind.pages import (
    asked_request_or_404,
    asked_review_or_404,
    build_reviewer_actor,
    find_grants,
    keep_grant,
)
from cpd.authoring.blind.rules.invitations import estimate_minutes
from cpd.authoring.blueprint import bp
from cpd.authoring.renewals.queries import find_courses_due_for_review
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.errors import add_retry_error
from cpd.web.forms import Form, NoFields

WRONG, THROTTLED, CONFLICT = 422, 429, 409

# The way in for guests


@bp.get("/invitations/<string:token>")
@public
def show_invitation(token: str) -> ResponseReturnValue:
    """Say what is asked and how long it takes; opening it, as mail scanners do, changes nothing."""
    request = _find_invitation_or_404(token)
    if queries.is_visit_open(db.session(), request, find_grants(), now=clock.now()):
        return redirect(_build_url_of_next_file(request), 303)
    return _render_invitation(request, token, NoFields())


@bp.post("/invitations/<string:token>")
@public
def send_visit_code(token: str) -> ResponseReturnValue:
    """Send a fresh code to the address that was invited."""
    form, now = NoFields.from_request(), clock.now()
    request = _find_invitation_or_404(token)
    key = known_browsers.build_request_throttle_key(request.reviewer.email)
    with unit_of_work() as writing:
        attempt = record_attempt_if_allowed(writing, key, now=now, scope=ThrottleScope.EMAIL)
        if not isinstance(attempt, Throttled):
            actions.enqueue_code(writing, request, now=now)
    if isinstance(attempt, Throttled):
        headers = _deny_attempt(form, attempt, _("Several codes were sent already."), now=now)
        return _render_invitation(request, token, form), THROTTLED, headers
    return redirect(url_for(".ask_visit_code", token=token), 303)


@bp.get("/invitations/<string:token>/code")
@public
def ask_visit_code(token: str) -> ResponseReturnValue:
    """Ask for the code from the email."""
    return _render_code_page(_find_invitation_or_404(token), token, VisitCodeForm())


@bp.post("/invitations/<string:token>/code")
@public
def enter_visit_code(token: str) -> ResponseReturnValue:
    """Let this browser in, and show the first case at once."""
    form, now = VisitCodeForm.from_request(), clock.now()
    request = _find_invitation_or_404(token)
    if not form.validate():
        return _render_code_page(request, token, form), WRONG
    key = known_browsers.build_request_throttle_key(request.reviewer.email)
    with unit_of_work() as writing:
        check = partial(
            actions.open_visit_by_code, writing, request.id, form.code.data or "", now=now
        )
        grant = run_check_within_limits(
            writing, key, check, scope=ThrottleScope.EMAIL_CODE, now=now
        )
    if isinstance(grant, Throttled):
        headers = _deny_attempt(form, grant, _("There were too many failed attempts."), now=now)
        return _render_code_page(request, token, form), THROTTLED, headers
    if grant is None:
        form.code.errors = [_("This is not the code from the newest email, or it has expired.")]
        return _render_code_page(request, token, form), WRONG
    keep_grant(grant)
    return redirect(_build_url_of_next_file(request), 303)


def _find_invitation_or_404(token: str) -> ReviewRequest:
    request = queries.find_request_by_link(db.session(), token, now=clock.now())
    if request is None or not request.is_guest:
        abort(
            404,
            _(
                "This invitation can no longer be opened. The review was handed in or "
                "withdrawn, or the invitation has expired."
            ),
        )
    return request


def _deny_attempt(
    form: Form, throttled: Throttled, reason: str, *, now: datetime
) -> dict[str, str]:
    return add_retry_error(form, reason, throttled.until, now=now)


def _render_invitation(request: ReviewRequest, token: str, form: Form) -> str:
    return render_template(
        "authoring/review/invitation.html",
        asked=request,
        form=form,
        token=token,
        minutes=estimate_minutes(review.sent_text.has_key for review in request.reviews),
    )


def _render_code_page(request: ReviewRequest, token: str, form: Form) -> str:
    return render_template("authoring/review/code.html", asked=request, form=form, token=token)


def _build_url_of_next_file(request: ReviewRequest) -> str:
    """Return the first file that waits for its reviewer, or the list if none does."""
    waiting = [r for r in request.reviews if r.opened_at is None and r.handed_back_at is None]
    if not waiting:
        return url_for(".show_request", public_id=request.public_id)
    return url_for(".decide_blind", public_id=waiting[0].public_id)


# What is asked


@bp.get("/reviews")
@requires(Permission.REVIEW_GIVE)
def list_requests() -> ResponseReturnValue:
    """List what a reviewer with an account is asked."""
    session, actor, now = db.session(), current_actor(), clock.now()
    return render_template(
        "authoring/review/requests.html",
        requests=queries.find_requests_of_account(session, actor, now=now),
        due=find_courses_due_for_review(session, actor, today=now.date()),
        today=now.date(),
    )


@bp.get("/review-requests/<string:public_id>")
@public
def show_request(public_id: str) -> ResponseReturnValue:
    """List the files of one request, and take it back when all is done."""
    request = asked_request_or_404(public_id)
    return render_template("authoring/review/request.html", asked=request)


@bp.post("/review-requests/<string:public_id>/hand-in")
@public
def hand_in_request(public_id: str) -> ResponseReturnValue:
    """Close a request whose reviewer is done."""
    NoFields.from_request()
    request = asked_request_or_404(public_id)
    try:
        with unit_of_work() as writing:
            actions.hand_in(
                writing, request.id, actor=build_reviewer_actor(request), now=clock.now()
            )
    except ReviewClosedError:
        abort(404)
    return redirect(url_for(".thank_reviewer"), 303)


@bp.get("/reviews/thanks")
@public
def thank_reviewer() -> ResponseReturnValue:
    """Thank a reviewer who has handed in; it says nothing about anybody."""
    return render_template("authoring/review/thanks.html")


@bp.get("/review-requests/<string:public_id>/introduction")
@public
def show_introduction(public_id: str) -> ResponseReturnValue:
    """Ask who signs."""
    request = asked_request_or_404(public_id)
    return _render_introduction(request, IntroductionForm(obj=request.reviewer))


@bp.post("/review-requests/<string:public_id>/introduction")
@public
@keeps_typed_text
def introduce_reviewer(public_id: str) -> ResponseReturnValue:
    """Store who signs, for all reviews to come."""
    request, form = asked_request_or_404(public_id), IntroductionForm.from_request()
    if not form.validate():
        return _render_introduction(request, form), WRONG
    with unit_of_work() as writing:
        actions.introduce_reviewer(
            writing,
            request.reviewer,
            name=form.name.data or "",
            credentials=form.credentials.data or "",
            disclosures=form.disclosures.data or "",
        )
    back = session.pop("review-back", None)
    return redirect(
        url_for(".show_key", public_id=back)
        if isinstance(back, str)
        else url_for(".show_request", public_id=public_id),
        303,
    )


def _render_introduction(request: ReviewRequest, form: IntroductionForm) -> str:
    return render_template("authoring/review/introduction.html", asked=request, form=form)


# Deciding


@bp.get("/reviews/<string:public_id>")
@public
def decide_blind(public_id: str) -> ResponseReturnValue:
    """Show a case as a learner would see it, as far as its reviewer has come."""
    review = asked_review_or_404(public_id)
    if review.opened_at is not None or not review.sent_text.has_key:
        return redirect(url_for(".show_key", public_id=public_id), 303)
    return render_blind_page(review)


@bp.post("/reviews/<string:public_id>")
@public
def save_blind_answer(public_id: str) -> ResponseReturnValue:
    """Save the answer to one question, and show the next one."""
    review, form = asked_review_or_404(public_id), StepForm.from_request()
    fault = save_posted_step(review, form)
    if fault is not None:
        return render_blind_page(asked_review_or_404(public_id), fault=fault), WRONG
    return redirect(url_for(".decide_blind", public_id=public_id), 303)


@bp.post("/reviews/<string:public_id>/restart")
@public
def start_review_again(public_id: str) -> ResponseReturnValue:
    """Forget the answers that are not locked yet."""
    NoFields.from_request()
    review = asked_review_or_404(public_id)
    try:
        with unit_of_work() as writing:
            actions.start_again(writing, review.id, now=clock.now())
    except ReviewClosedError:
        abort(404)
    return redirect(url_for(".decide_blind", public_id=public_id), 303)


@bp.post("/reviews/<string:public_id>/return")
@public
def hand_back_review(public_id: str) -> ResponseReturnValue:
    """Give a case back unanswered: it is not the reviewer's field."""
    NoFields.from_request()
    review = asked_review_or_404(public_id)
    try:
        with unit_of_work() as writing:
            actor = build_reviewer_actor(review.request)
            actions.hand_back(writing, review.id, actor=actor, now=clock.now())
    except ReviewClosedError:
        abort(404)
    flash(_("You gave this case back. The author will ask somebody else."), "info")
    return redirect(url_for(".show_request", public_id=review.request.public_id), 303)
