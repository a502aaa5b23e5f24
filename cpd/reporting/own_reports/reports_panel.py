"""What reports add to a learner's record: where they stand, and what they wait for."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.certificates.models import Certificate
from cpd.certificates.queries import build_record_of_certificate
from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.reporting import Report
from cpd.kernel import clock
from cpd.reporting.own_reports import queries
from cpd.reporting.rules.states import Owner, find_owner
from cpd.web.markup import render_markup


def find_reports_now(session: Session, certificates: Sequence[Certificate]) -> Mapping[int, Report]:
    """Return where the reports of certificates stand now, by the certificate's id."""
    return queries.find_reports(session, certificates, today=clock.now().date())


def render_reports_panel(session: Session, actor: Actor) -> Markup:
    """Return what the actor's reports wait for; empty if they wait for nothing."""
    found = queries.find_own_open_reports(session, actor, today=clock.now().date())
    refused = [
        {
            "certificate": certificate,
            "course": build_record_of_certificate(certificate).parsed_facts["course"],
            "authority": load_authorities()[certificate.authority].file.short_name,
            "message": row.message,
            "is_own": find_owner(row.message) is Owner.HOLDER,
        }
        for certificate, row in found.refused
    ]
    return render_markup("reporting/_record.html", asking=found.asking, refused=refused)
