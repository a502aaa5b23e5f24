"""The part of a learner's record that says what was reported, and what CE Broker answered."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.certificates.queries import build_record_of_certificate
from cpd.kernel import clock
from cpd.reporting.own_reports.queries import find_own_reports
from cpd.reporting.rules.states import Owner, ReportStage, find_owner
from cpd.web.markup import render_markup


def render_reports_panel(session: Session, actor: Actor) -> Markup:
    """Return where the reports of the actor's certificates stand; empty if there are none."""
    reports = find_own_reports(session, actor, today=clock.now().date())
    rows = [
        (report, build_record_of_certificate(report.certificate).parsed_facts["course"])
        for report in reports
    ]
    asking = {
        report.duty.authority.slug: report.duty.authority
        for report in reports
        if report.state.stage is ReportStage.NEEDS_AGREEMENT
    }
    return render_markup(
        "reporting/_record.html",
        rows=rows,
        asking=list(asking.values()),
        may_correct=lambda state: bool(state.message) and find_owner(state.message) is Owner.HOLDER,
    )
