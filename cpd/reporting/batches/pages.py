"""Finding the file or the row in the address of a page, or 404."""

from flask import abort

from cpd.access.guard import current_actor
from cpd.db import db
from cpd.reporting.batches import queries
from cpd.reporting.batches.models import ReportBatch, ReportRow


def batch_or_404(public_id: str) -> ReportBatch:
    """Return a file that the actor may see."""
    return queries.find_batch(db.session(), current_actor(), public_id) or abort(404)


def row_or_404(public_id: str) -> ReportRow:
    """Return a row that the actor may see."""
    return queries.find_row(db.session(), current_actor(), public_id) or abort(404)
