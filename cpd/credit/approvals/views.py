"""The pages on which administrators keep the approvals of authorities."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.credit.approvals import actions, queries
from cpd.credit.approvals.actions import NewApproval
from cpd.credit.approvals.forms import ApprovalForm, WithdrawalForm
from cpd.credit.approvals.labels import LETTER_FAULTS, REFUSALS, SIGNS, STAGES
from cpd.credit.approvals.models import Approval
from cpd.credit.authority_loading import load_authorities
from cpd.credit.blueprint import bp
from cpd.credit.pilots.labels import describe_report
from cpd.credit.pilots.queries import find_reported_pilots
from cpd.credit.provider_courses import find_courses_to_approve
from cpd.credit.rules.approvals import (
    ApprovalStage,
    find_letter_fault,
    find_stage,
    parse_amount,
)
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.reading import read_page_number, read_uploaded_file

WRONG = 422
TO_RENEW, ALL = "to-renew", "all"


@bp.get("/approvals")
@requires(Permission.APPROVAL_MANAGE)
def list_approvals() -> ResponseReturnValue:
    """List the approvals that end soon, or all of them."""
    wanted = request.args.get("show", ALL)
    if wanted not in {TO_RENEW, ALL}:
        abort(404)
    session, actor, today = db.session(), current_actor(), clock.now().date()
    listed = queries.find_approvals(
        session,
        actor,
        page=read_page_number(),
        to_renew=today if wanted == TO_RENEW else None,
    )
    return render_template(
        "credit/approvals/list.html",
        approvals=listed or abort(404),
        stage_of=_find_stage_of,
        to_renew=queries.count_approvals_to_renew(session, actor, today),
        wanted=wanted,
        authorities=load_authorities(),
        stages=STAGES,
        signs=SIGNS,
    )


def _find_stage_of(approval: Approval) -> ApprovalStage:
    is_withdrawn = approval.withdrawn_at is not None
    return find_stage(approval.to_rule(), clock.now().date(), is_withdrawn=is_withdrawn)


@bp.get("/approvals/new")
@requires(Permission.APPROVAL_MANAGE)
def ask_approval() -> ResponseReturnValue:
    """Ask what the letter of an authority says."""
    return _render_form(_offer_choices(ApprovalForm()))


@bp.post("/approvals")
@requires(Permission.APPROVAL_MANAGE)
def enter_approval() -> ResponseReturnValue:
    """Put an approval on file, or say why not."""
    form = _offer_choices(ApprovalForm.from_request())
    letter = read_uploaded_file(form.letter.name)
    is_valid, fault = form.validate(), find_letter_fault(letter)
    if fault is not None:
        form.letter.errors = [LETTER_FAULTS[fault]]
    if not is_valid or fault is not None:
        return _render_form(form), WRONG
    new = _build_new_approval(form, letter)
    with unit_of_work() as session:
        result = actions.add_approval(session, new, actor=current_actor(), now=clock.now())
        public_id = result.public_id if isinstance(result, Approval) else ""
    if not isinstance(result, Approval):
        field, sentence = REFUSALS[result]
        form[field].errors = [sentence]
        return _render_form(form), WRONG
    flash(_("The approval is on file."), "good")
    return redirect(url_for(".show_approval", public_id=public_id), 303)


def _offer_choices(form: ApprovalForm) -> ApprovalForm:
    names = [(slug, authority.file.name) for slug, authority in load_authorities().items()]
    session = db.session()
    reports = [describe_report(one) for one in find_reported_pilots(session, current_actor())]
    form.offer_choices(names, find_courses_to_approve(session), reports)
    return form


def _build_new_approval(form: ApprovalForm, letter: bytes) -> NewApproval:
    return NewApproval(
        authority=form.authority.data,
        course=form.course,
        number=form.number.data or "",
        title=form.title.data or "",
        first_day=form.first_day.data or abort(400),  # the form asks for it
        last_day=form.last_day.data,
        letter=letter,
        amount=parse_amount(form.amount.data or ""),
        category=form.category.data or "",
        pilot=form.pilot.data or "",
    )


def _render_form(form: ApprovalForm) -> str:
    return render_template("credit/approvals/new.html", form=form)


@bp.get("/approvals/<string:public_id>")
@requires(Permission.APPROVAL_MANAGE)
def show_approval(public_id: str) -> ResponseReturnValue:
    """Show what an approval says, with its letter."""
    return _render_approval(_approval_or_404(public_id), WithdrawalForm())


def _render_approval(approval: Approval, form: WithdrawalForm) -> str:
    return render_template(
        "credit/approvals/approval.html",
        approval=approval,
        authority=load_authorities().get(approval.authority),
        stage=_find_stage_of(approval),
        stages=STAGES,
        signs=SIGNS,
        form=form,
    )


@bp.get("/approvals/<string:public_id>/letter")
@requires(Permission.APPROVAL_MANAGE)
def download_letter(public_id: str) -> ResponseReturnValue:
    """Send the letter of an approval, as a download."""
    approval = _approval_or_404(public_id)
    content = queries.find_letter(db.session(), approval)
    response = Response(content, content_type=queries.LETTER_TYPE)
    name = f"{approval.authority}-{approval.first_day}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.post("/approvals/<string:public_id>/withdrawal")
@requires(Permission.APPROVAL_MANAGE)
def withdraw_approval(public_id: str) -> ResponseReturnValue:
    """Take an approval off the file, with the reason for the audit trail."""
    approval, form = _approval_or_404(public_id), WithdrawalForm.from_request()
    if not form.validate():
        return _render_approval(approval, form), WRONG
    with unit_of_work() as session:
        actions.withdraw_approval(
            session, approval, form.reason.data or "", actor=current_actor(), now=clock.now()
        )
    flash(_("The approval is withdrawn."), "good")
    return redirect(url_for(".show_approval", public_id=public_id), 303)


def _approval_or_404(public_id: str) -> Approval:
    return queries.find_approval(db.session(), current_actor(), public_id) or abort(404)
