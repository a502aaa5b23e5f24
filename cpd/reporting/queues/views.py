"""The pages on which administrators report completions, and follow what becomes of them."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.certificates.queries import build_record_of_certificate
from cpd.credit.authority_loading import load_authorities
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.reporting.batches import actions
from cpd.reporting.batches import queries as batches
from cpd.reporting.batches.models import ReportBatch, ReportRow
from cpd.reporting.batches.pages import row_or_404
from cpd.reporting.blueprint import bp
from cpd.reporting.labels import BATCH_REFUSALS
from cpd.reporting.numbers.queries import find_numbers
from cpd.reporting.pages import CONFLICT, WRONG, duty_or_404
from cpd.reporting.queues.forms import SETTLEMENTS, TAKEN_BACK, SettlementForm
from cpd.reporting.queues.queries import find_report_queues
from cpd.reporting.rules.duties import build_duty
from cpd.reporting.rules.roster import is_without_letters
from cpd.reporting.rules.states import BatchRefusal, find_owner
from cpd.web.reading import read_page_number, read_query_value

WAITING, REFUSED, CORRECTIONS, FILES = "waiting", "refused", "corrections", "files"
TABS = (WAITING, REFUSED, CORRECTIONS, FILES)


@bp.get("/reporting")
@requires(Permission.REPORT_MANAGE)
def show_overview() -> ResponseReturnValue:
    """Show for each authority what the provider must report, with what waits."""
    today = clock.now().date()
    queues = find_report_queues(db.session(), current_actor(), today=today)
    through = {queue.duty.authority.slug for queue in queues}
    duties = [build_duty(authority, today) for authority in load_authorities().values()]
    return render_template(
        "reporting/overview.html",
        queues=queues,
        others=[duty for duty in duties if duty.authority.slug not in through],
        today=today,
    )


@bp.get("/reporting/<string:authority>")
@requires(Permission.REPORT_MANAGE)
def show_queue(authority: str) -> ResponseReturnValue:
    """Show what is to be reported to an authority, refused, to be corrected, or in files."""
    wanted = read_query_value("show") or WAITING
    return _render_queue(authority, wanted if wanted in TABS else abort(404), SettlementForm())


def _render_queue(slug: str, wanted: str, form: SettlementForm, wrong_row: str = "") -> str:
    duty, session, actor, today = duty_or_404(slug), db.session(), current_actor(), _today()
    number = read_page_number()
    page: Any
    if wanted == WAITING:
        page = batches.find_waiting_page(session, actor, duty, page=number)
    elif wanted == REFUSED:
        page = batches.find_refused_page(session, actor, slug, page=number)
    elif wanted == CORRECTIONS:
        page = batches.find_corrections_page(session, actor, slug, page=number)
    else:
        page = batches.find_batches_page(session, actor, slug, page=number)
    page = page or abort(404)
    is_waiting = wanted == WAITING
    every = {it.duty.authority.slug: it for it in find_report_queues(session, actor, today=today)}
    return render_template(
        "reporting/queue.html",
        duty=duty,
        wanted=wanted,
        page=page,
        queue=every[slug],
        waiting=batches.build_waiting_completions(session, duty, page.rows) if is_waiting else [],
        has_numbers=find_numbers(session, slug) is not None,
        facts_of=_read_facts,
        owner_of=lambda row: find_owner(row.message),
        is_without_letters=is_without_letters,
        form=form,
        settlements=SETTLEMENTS,
        wrong_row=wrong_row,
        today=today,
    )


def _today() -> Any:
    return clock.now().date()


def _read_facts(row: ReportRow) -> Any:
    return build_record_of_certificate(row.certificate).parsed_facts


@bp.post("/reporting/<string:authority>/files")
@requires(Permission.REPORT_MANAGE)
def make_file(authority: str) -> ResponseReturnValue:
    """Claim what is to be reported for a new file, or say why there is none."""
    duty = duty_or_404(authority)
    with unit_of_work() as session:
        made = actions.make_batch(session, duty, actor=current_actor(), now=clock.now())
        public_id = made.public_id if isinstance(made, ReportBatch) else ""
    if isinstance(made, BatchRefusal):
        flash(str(BATCH_REFUSALS[made]), "warn")
        target = ".show_numbers" if made is BatchRefusal.NO_NUMBERS else ".show_queue"
        return redirect(url_for(target, authority=authority), 303)
    flash(
        ngettext(
            "The file has one row. Upload it to CE Broker, then mark it as sent.",
            "The file has %(num)s rows. Upload it to CE Broker, then mark it as sent.",
            made.row_count,
        ),
        "good",
    )
    return redirect(url_for(".show_file", public_id=public_id), 303)


@bp.post("/reporting/rows/<string:public_id>/again")
@requires(Permission.REPORT_MANAGE)
def report_again(public_id: str) -> ResponseReturnValue:
    """Let a refused completion go into the next file as it is."""
    row = row_or_404(public_id)
    with unit_of_work() as session:
        row = session.get_one(ReportRow, row.id)
        is_settled = actions.report_again(session, row, actor=current_actor(), now=clock.now())
    if is_settled:
        flash(_("It will be in the next file."), "good")
    return redirect(url_for(".show_queue", authority=row.authority, show=REFUSED), 303)


@bp.post("/reporting/rows/<string:public_id>/correction")
@requires(Permission.REPORT_MANAGE)
def settle_correction(public_id: str) -> ResponseReturnValue:
    """Record what CE Broker did about a row that is no longer right."""
    row, form = row_or_404(public_id), SettlementForm.from_request()
    if not form.validate():
        return _render_queue(row.authority, CORRECTIONS, form, public_id), WRONG
    with unit_of_work() as session:
        row = session.get_one(ReportRow, row.id)
        is_settled = actions.settle_correction(
            session,
            row,
            is_taken_back=form.done.data == TAKEN_BACK,
            actor=current_actor(),
            now=clock.now(),
        )
    if not is_settled:
        abort(CONFLICT)
    flash(_("The correction has been recorded."), "good")
    return redirect(url_for(".show_queue", authority=row.authority, show=CORRECTIONS), 303)
