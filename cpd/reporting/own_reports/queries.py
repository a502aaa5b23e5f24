"""Reads of where the reports of certificates stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from cpd.access.permissions import Actor
from cpd.certificates.models import Certificate, CertificateState
from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.reporting import Report, ReportState
from cpd.reporting.agreements.queries import find_agreed_authorities
from cpd.reporting.batches.models import ReportRow
from cpd.reporting.rules.duties import Duty, find_ce_broker_duties
from cpd.reporting.rules.states import BatchState, RowState


def find_reports(
    session: Session, certificates: Sequence[Certificate], *, today: date
) -> Mapping[int, Report]:
    """Return where the report of each certificate stands, by the certificate's id.

    What is to be reported and was not yet is left out, and so are authorities to which nothing is
    reported through CE Broker. Takes at most two queries.
    """
    duties = find_ce_broker_duties(load_authorities().values(), today)
    ours = [one for one in certificates if one.authority in duties]
    if not ours:
        return {}
    rows = find_newest_rows(session, ours)
    missing = _find_missing_agreements(session, ours, duties)
    found = {}
    for one in ours:
        row = rows.get((one.enrolment_id, one.authority))
        report = None if row is None else _build_report(row)
        if report is None and one.id in missing:
            report = Report(ReportState.YOURSELF)
        if report is not None:
            found[one.id] = report
    return found


def find_newest_rows(
    session: Session, certificates: Sequence[Certificate]
) -> Mapping[tuple[int, str], ReportRow]:
    """Return the newest row of each completion, by enrollment and authority.

    Rows of abandoned files, and those that CE Broker removed, are left out.
    """
    rows = session.scalars(
        sa.select(ReportRow)
        .where(
            ReportRow.enrolment_id.in_({one.enrolment_id for one in certificates}),
            ReportRow.state.not_in([RowState.RELEASED, RowState.TAKEN_BACK]),
        )
        .options(joinedload(ReportRow.batch))
        .order_by(ReportRow.id)
    )
    return {(row.enrolment_id, row.authority): row for row in rows}


def _find_missing_agreements(
    session: Session, certificates: Sequence[Certificate], duties: Mapping[str, Duty]
) -> set[int]:
    """Return the certificates, by id, that may not be reported until their holders agree."""
    asking = [one for one in certificates if duties[one.authority].needs_agreement]
    agreed: Collection[tuple[str, str]] = (
        find_agreed_authorities(session, {one.subject for one in asking}) if asking else ()
    )
    return {one.id for one in asking if (one.subject, one.authority) not in agreed}


def _build_report(row: ReportRow) -> Report | None:
    """Return what a row says; None for one that is still to be sent."""
    if row.state is RowState.ACCEPTED:
        return Report(ReportState.ACCEPTED, _day_of(row.answered_at), reference=row.reference)
    if row.state is RowState.REFUSED and row.settled_at is None:
        return Report(ReportState.REFUSED, _day_of(row.answered_at), reason=row.message)
    if row.state is RowState.CLAIMED and row.batch.state is BatchState.SENT:
        return Report(ReportState.REPORTED, _day_of(row.batch.closed_at))
    return None


def _day_of(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


@dataclass(frozen=True)
class OpenReports:
    """What the reports of the actor's own certificates wait for."""

    asking: Sequence[Authority]
    """Authorities to which nothing is reported until the actor agrees."""
    refused: Sequence[tuple[Certificate, ReportRow]]
    """Certificates whose reports CE Broker refused."""


def find_own_open_reports(session: Session, actor: Actor, *, today: date) -> OpenReports:
    """Return what waits for the actor, or was refused; three queries at most."""
    duties = find_ce_broker_duties(load_authorities().values(), today)
    certificates = session.scalars(
        sa.select(Certificate)
        .where(
            Certificate.subject == actor.subject,
            Certificate.authority.in_(list(duties)),
            Certificate.state == CertificateState.VALID,
        )
        .order_by(Certificate.id.desc())
    ).all()
    if not certificates:
        return OpenReports((), ())
    rows = find_newest_rows(session, certificates)
    missing = _find_missing_agreements(session, certificates, duties)
    refused = [
        (one, row)
        for one in certificates
        if (row := rows.get((one.enrolment_id, one.authority))) is not None
        and row.state is RowState.REFUSED
        and row.settled_at is None
    ]
    asking = {one.authority: duties[one.authority].authority for one in certificates
              if one.id in missing}  # fmt: skip
    return OpenReports(list(asking.values()), refused)
