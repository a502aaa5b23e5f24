"""Reads of where the report of a certificate stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from cpd.access.permissions import Actor
from cpd.certificates.models import Certificate, CertificateState
from cpd.credit.authority_loading import load_authorities
from cpd.reporting.agreements.queries import find_agreed_authorities
from cpd.reporting.batches.models import ReportRow
from cpd.reporting.rules.duties import Duty, find_ce_broker_duties
from cpd.reporting.rules.states import BatchState, ReportStage, ReportState, RowState


@dataclass(frozen=True)
class OwnReport:
    """Where the report of one of the actor's certificates stands."""

    certificate: Certificate
    duty: Duty
    state: ReportState


def find_own_reports(session: Session, actor: Actor, *, today: date) -> list[OwnReport]:
    """Return where the reports of the actor's valid certificates stand, the newest first."""
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
    states = find_report_states(session, certificates, today=today)
    return [OwnReport(it, duties[it.authority], states[it.id]) for it in certificates]


def find_report_states(
    session: Session, certificates: Sequence[Certificate], *, today: date
) -> Mapping[int, ReportState]:
    """Return where the report of each certificate stands, by the certificate's id.

    Those of authorities to which the provider does not report through CE Broker are left out. Takes
    two queries, and none without certificates.
    """
    duties = find_ce_broker_duties(load_authorities().values(), today)
    reported = [one for one in certificates if one.authority in duties]
    if not reported:
        return {}
    rows = _find_newest_rows(session, reported)
    agreed = find_agreed_authorities(session, {one.subject for one in reported})
    return {
        one.id: _build_state(
            rows.get((one.enrolment_id, one.authority)),
            is_allowed=not duties[one.authority].needs_agreement
            or (one.subject, one.authority) in agreed,
        )
        for one in reported
    }


def _find_newest_rows(
    session: Session, certificates: Sequence[Certificate]
) -> Mapping[tuple[int, str], ReportRow]:
    """Return the newest row of each completion that was not in an abandoned file."""
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


def _build_state(row: ReportRow | None, *, is_allowed: bool) -> ReportState:
    if row is not None and row.state is RowState.ACCEPTED:
        return ReportState(ReportStage.ACCEPTED, _day_of(row.answered_at), row.reference)
    if row is not None and row.state is RowState.REFUSED and row.settled_at is None:
        return ReportState(ReportStage.REFUSED, _day_of(row.answered_at), message=row.message)
    if row is not None and row.batch.state is BatchState.SENT and row.state is RowState.CLAIMED:
        return ReportState(ReportStage.SENT, _day_of(row.batch.closed_at))
    return ReportState(ReportStage.TO_REPORT if is_allowed else ReportStage.NEEDS_AGREEMENT)


def _day_of(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
