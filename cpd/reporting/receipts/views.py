"""The page of a file, where the answers of CE Broker are uploaded."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.certificates.queries import build_record_of_certificate
from cpd.credit.authority_loading import load_authorities
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.reporting.batches import queries
from cpd.reporting.batches.models import ReportBatch
from cpd.reporting.batches.pages import batch_or_404
from cpd.reporting.batches.views import file_name_of
from cpd.reporting.blueprint import bp
from cpd.reporting.labels import MATCH_FAULTS, RECEIPT_FAULTS
from cpd.reporting.pages import WRONG
from cpd.reporting.receipts.actions import ReceiptRefusal, Taken, take_receipt
from cpd.reporting.receipts.forms import ReceiptForm
from cpd.reporting.rules.receipts import MatchFault, ReceiptFault, parse_receipt
from cpd.reporting.rules.states import RowState, find_owner
from cpd.web.reading import read_page_number, read_uploaded_file


@bp.get("/reporting/files/<string:public_id>")
@requires(Permission.REPORT_MANAGE)
def show_file(public_id: str) -> ResponseReturnValue:
    """Show a file with its rows, and what CE Broker answered."""
    return _render_file(batch_or_404(public_id), ReceiptForm())


def _render_file(batch: ReportBatch, form: ReceiptForm) -> str:
    session, actor = db.session(), current_actor()
    counts = queries.count_rows_by_state(session, batch)
    people = {batch.made_by, batch.closed_by or ""}
    return render_template(
        "reporting/file.html",
        batch=batch,
        authority=load_authorities().get(batch.authority),
        file_name=file_name_of(batch),
        page=queries.find_rows_page(session, actor, batch, page=read_page_number()) or abort(404),
        counts=counts,
        is_answered=set(counts) != {RowState.CLAIMED},
        changed=queries.count_changed_rows(session, batch),
        names=find_names_by_subject(session, people),
        facts_of=lambda row: build_record_of_certificate(row.certificate).parsed_facts,
        owner_of=lambda row: find_owner(row.message),
        form=form,
    )


@bp.post("/reporting/files/<string:public_id>/answers")
@requires(Permission.REPORT_MANAGE)
def upload_receipt(public_id: str) -> ResponseReturnValue:
    """Take in what CE Broker answered, or say why the file is no answer to this one."""
    batch, form = batch_or_404(public_id), ReceiptForm.from_request()
    content = read_uploaded_file(form.receipt.name)
    lines = parse_receipt(content)
    if isinstance(lines, ReceiptFault):
        return _refuse(batch, form, RECEIPT_FAULTS[lines])
    with unit_of_work() as session:
        taken = take_receipt(session, batch, content, lines, actor=current_actor(), now=clock.now())
    if isinstance(taken, ReceiptRefusal):
        return _refuse(batch, form, _("This file was abandoned, so it cannot have an answer."))
    if isinstance(taken, MatchFault):
        values = {"number": taken.line.number, "license": taken.line.license}
        return _refuse(batch, form, str(MATCH_FAULTS[taken.kind]) % values)
    flash(_describe(taken), "good")
    return redirect(url_for(".show_file", public_id=public_id), 303)


def _refuse(batch: ReportBatch, form: ReceiptForm, sentence: Any) -> ResponseReturnValue:
    form.receipt.errors = [sentence]
    return _render_file(batch, form), WRONG


def _describe(taken: Taken) -> str:
    return str(
        _(
            "The answer has been read. Newly accepted: %(accepted)s. Newly refused: %(refused)s. "
            "Still without an answer: %(waiting)s.",
            **vars(taken),
        )
    )
