"""What the provider must report to each authority, and by when."""

from flask import render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.credit.authority_loading import load_authorities
from cpd.db import db
from cpd.kernel import clock
from cpd.reporting.blueprint import bp
from cpd.reporting.queries import find_report_queues
from cpd.reporting.rules.duties import build_duty


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
