"""Downloading a file, marking it as sent, and giving it up."""

from flask import Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.reporting.batches import actions, queries
from cpd.reporting.batches.models import ReportBatch
from cpd.reporting.batches.pages import batch_or_404
from cpd.reporting.batches.roster_file import TYPE, write_roster_file
from cpd.reporting.blueprint import bp
from cpd.reporting.labels import BATCH_REFUSALS
from cpd.reporting.rules.roster import build_cells
from cpd.reporting.rules.states import BatchRefusal


@bp.get("/reporting/files/<string:public_id>/<string:name>.xls")
@requires(Permission.REPORT_MANAGE)
def download_file(public_id: str, name: str) -> ResponseReturnValue:
    """Send a file, always with the same bytes."""
    batch, session = batch_or_404(public_id), db.session()
    if name != file_name_of(batch):
        abort(404)
    content = queries.find_stored_file(session, batch)
    if content is None:
        rows = queries.find_rows(session, batch)
        made = write_roster_file(build_cells(batch.numbers, row.to_completion()) for row in rows)
        with unit_of_work() as writing:
            content = actions.add_file_if_absent(writing, batch, made, now=clock.now())
    response = Response(content, content_type=TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.xls")
    return response


def file_name_of(batch: ReportBatch) -> str:
    """Return the name of a file, without its ending: it differs from all others."""
    return f"{batch.authority}-{batch.made_at:%Y-%m-%d}-{batch.id}"


@bp.post("/reporting/files/<string:public_id>/sent")
@requires(Permission.REPORT_MANAGE)
def mark_sent(public_id: str) -> ResponseReturnValue:
    """Record that a file was uploaded to CE Broker."""
    batch = batch_or_404(public_id)
    with unit_of_work() as session:
        batch = queries.find_locked_batch(session, batch.id)
        refused = actions.mark_sent(session, batch, actor=current_actor(), now=clock.now())
    return _redirect_after(public_id, refused, _("The file is marked as sent."))


@bp.post("/reporting/files/<string:public_id>/abandonment")
@requires(Permission.REPORT_MANAGE)
def abandon_file(public_id: str) -> ResponseReturnValue:
    """Give up a file; its rows can go into another one."""
    batch = batch_or_404(public_id)
    with unit_of_work() as session:
        refused = actions.abandon_batch(session, batch, actor=current_actor(), now=clock.now())
    return _redirect_after(
        public_id, refused, _("The file has been abandoned. Its rows need to be reported again.")
    )


def _redirect_after(public_id: str, refused: BatchRefusal | None, done: str) -> ResponseReturnValue:
    if refused is None:
        flash(done, "good")
    else:
        flash(str(BATCH_REFUSALS[refused]), "warn")
    return redirect(url_for(".show_file", public_id=public_id), 303)
