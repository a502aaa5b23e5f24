"""The page on which two administrators withdraw a certificate."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.certificates import labels
from cpd.certificates.blueprint import bp
from cpd.certificates.models import Certificate
from cpd.certificates.queries import find_certificate_by_code
from cpd.certificates.revocations import actions, queries
from cpd.certificates.revocations.actions import NotValidError
from cpd.certificates.revocations.forms import AnswerRevocationForm, RevocationForm
from cpd.certificates.rules import codes
from cpd.certificates.rules.codes import CodeFault
from cpd.db import db, unit_of_work
from cpd.dual_control import actions as dual_control
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules.requests import (
    AlreadyAskedError,
    DualControlError,
    SamePersonError,
)
from cpd.kernel import clock
from cpd.web.reading import read_query_value

CONFLICT, WRONG = 409, 422


@bp.get("/certificates/withdrawals")
@requires(Permission.CERTIFICATE_REVOKE)
def list_revocations() -> ResponseReturnValue:
    """List the withdrawals that a second person is to confirm, and ask for another."""
    form = RevocationForm()
    form.code.data = read_query_value("code")
    return _render_revocations_page(form)


@bp.post("/certificates/withdrawals")
@requires(Permission.CERTIFICATE_REVOKE)
@keeps_typed_text
def ask_to_revoke() -> ResponseReturnValue:
    """Ask a second person to withdraw a certificate."""
    form = RevocationForm.from_request()
    certificate = _find_certificate_or_add_mistake(form) if form.validate() else None
    if certificate is None:
        return _render_revocations_page(form), WRONG
    try:
        with unit_of_work() as session:
            actions.ask_to_revoke_certificate(
                session,
                session.get_one(Certificate, certificate.id),
                reason=form.reason.data or "",
                actor=current_actor(),
                now=clock.now(),
            )
    except (NotValidError, DualControlError) as refused:
        form.form_errors.append(_describe_refusal(refused))
        return _render_revocations_page(form), CONFLICT
    flash(_("The certificate will be withdrawn once another administrator confirms."), "good")
    return redirect(url_for(".list_revocations"), 303)


@bp.post("/certificates/withdrawals/confirmation")
@requires(Permission.CERTIFICATE_REVOKE)
def confirm_revocation() -> ResponseReturnValue:
    """Withdraw a certificate as the second person."""
    request, certificate = _find_asked_revocation_or_404()
    try:
        with unit_of_work() as session:
            actions.confirm_revocation(
                session,
                session.get_one(Certificate, certificate.id),
                session.get_one(DualControlRequest, request.id),
                actor=current_actor(),
                now=clock.now(),
            )
    except (NotValidError, DualControlError) as refused:
        abort(CONFLICT, _describe_refusal(refused))
    flash(_("The certificate is withdrawn. Its holder will be told by email."), "good")
    return redirect(url_for(".list_revocations"), 303)


@bp.post("/certificates/withdrawals/refusal")
@requires(Permission.CERTIFICATE_REVOKE)
def refuse_revocation() -> ResponseReturnValue:
    """Refuse to withdraw a certificate, which stays valid."""
    request, _certificate = _find_asked_revocation_or_404()
    try:
        with unit_of_work() as session:
            found = session.get_one(DualControlRequest, request.id)
            dual_control.reject_request(session, found, actor=current_actor(), now=clock.now())
    except DualControlError as refused:
        abort(CONFLICT, _describe_refusal(refused))
    flash(_("The certificate is not withdrawn. It stays valid."), "info")
    return redirect(url_for(".list_revocations"), 303)


def _find_certificate_or_add_mistake(form: RevocationForm) -> Certificate | None:
    code = codes.parse_code(form.code.data or "")
    if isinstance(code, CodeFault):
        form.code.errors = [labels.code_fault_message(code)]
        return None
    certificate = find_certificate_by_code(db.session(), code)
    if certificate is None:
        form.code.errors = [labels.unknown_code_message()]
    return certificate


def _find_asked_revocation_or_404() -> tuple[DualControlRequest, Certificate]:
    form = AnswerRevocationForm.from_request()
    return queries.find_asked_revocation(db.session(), current_actor(), form.asked.data) or abort(
        404
    )


def _describe_refusal(refused: Exception) -> str:
    if isinstance(refused, SamePersonError):
        return str(_("A second person is needed, so another administrator must do this."))
    if isinstance(refused, AlreadyAskedError):
        return str(_("Somebody has already asked for this. Another administrator can confirm it."))
    return str(_("The certificate was replaced or withdrawn meanwhile, or the request has ended."))


def _render_revocations_page(form: RevocationForm) -> str:
    session, actor = db.session(), current_actor()
    asked = queries.find_open_revocations(session, actor, now=clock.now())
    return render_template(
        "certificates/revocations.html",
        form=form,
        asked=asked,
        names=find_names_by_subject(session, [one.request.asked_by for one in asked]),
        own=actor.subject,
        format_code=codes.format_code,
    )
