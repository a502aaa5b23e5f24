"""Finding the authority, the file or the row in the address of a page, or 404."""

from flask import abort

from cpd.access.guard import current_actor
from cpd.credit.authority_loading import load_authorities
from cpd.db import db
from cpd.kernel import clock
from cpd.reporting.batches import queries
from cpd.reporting.batches.models import ReportBatch, ReportRow
from cpd.reporting.rules.duties import Duty, build_duty

WRONG, CONFLICT = 422, 409


def duty_or_404(slug: str) -> Duty:
    """Return the duty to report to an authority through CE Broker."""
    authority = load_authorities().get(slug) or abort(404)
    duty = build_duty(authority, clock.now().date())
    return duty if duty.is_through_ce_broker else abort(404)


def batch_or_404(public_id: str) -> ReportBatch:
    """Return a file that the actor may see."""
    return queries.find_batch(db.session(), current_actor(), public_id) or abort(404)


def row_or_404(public_id: str) -> ReportRow:
    """Return a row that the actor may see."""
    return queries.find_row(db.session(), current_actor(), public_id) or abort(404)
