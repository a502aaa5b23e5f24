"""Reads of what was decided about credit: a person's own, and what administrators look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from cpd.access.permissions import Actor, Permission
from cpd.accounts.models import License
from cpd.certificates import hooks
from cpd.certificates.claims.models import CreditDecision, CreditState
from cpd.certificates.models import Certificate, CertificateState
from cpd.certificates.queries import build_record_of_certificate
from cpd.courses.models import Enrolment, Revision
from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.issue_checks import Refusal
from cpd.credit.rules.reporting import Report, find_default_report
from cpd.db import Page, find_page

PAGE = 30


@dataclass(frozen=True)
class RefusedLicense:
    """A license for which a pass earned no certificate."""

    decision: CreditDecision
    number: str
    """Empty once its holder has removed the license."""
    title: str
    """That of the course."""

    @property
    def authority(self) -> Authority | None:
        """The authority; None if its file is gone."""
        return load_authorities().get(self.decision.authority)

    @property
    def name(self) -> str:
        """The short name of the authority, with the number of the license."""
        short = self.authority.file.short_name if self.authority else self.decision.authority
        return f"{short} {self.number}".strip()

    @property
    def reasons(self) -> Sequence[Refusal]:
        """Why it was refused."""
        return [Refusal(reason) for reason in self.decision.reasons]


def find_own_refusals(
    session: Session, actor: Actor, *, attempt_id: int | None = None
) -> list[RefusedLicense]:
    """Return the licenses of the actor's passes that earned no certificate, newest first."""
    found = _select_standing_refusals().where(CreditDecision.subject == actor.subject)
    if attempt_id is not None:
        found = found.where(CreditDecision.attempt_id == attempt_id)
    return [
        RefusedLicense(decision, number or "", title)
        for decision, number, title in session.execute(found)
    ]


def find_standing_reasons(session: Session, enrolment_id: int) -> Mapping[str, Sequence[str]]:
    """Return why licenses stand refused for a pass, by the public id of the license."""
    found = _select_standing_refusals().where(CreditDecision.enrolment_id == enrolment_id)
    return {row[0].license: row[0].reasons for row in session.execute(found)}


def find_refusals(session: Session, actor: Actor, *, page: int) -> Page[CreditDecision] | None:
    """Return one page of what stands refused, to people who may set reasons aside."""
    visible = _select_standing_refusals().where(_may_override(actor))
    found = visible.with_only_columns(CreditDecision)
    return find_page(session, found, number=page, size=PAGE)


def find_refusal(session: Session, actor: Actor, public_id: str) -> RefusedLicense | None:
    """Return one refusal that stands, to people who may set reasons aside."""
    found = _select_standing_refusals().where(
        _may_override(actor), CreditDecision.public_id == public_id
    )
    row = session.execute(found).first()
    return None if row is None else RefusedLicense(row[0], row[1] or "", row[2])


def find_course_titles(session: Session, decisions: Sequence[CreditDecision]) -> Mapping[int, str]:
    """Return the titles of the courses that decisions are about, by the enrollment's id."""
    rows = session.execute(
        sa.select(Enrolment.id, Revision)
        .join(Revision, Revision.id == Enrolment.course_revision_id)
        .where(Enrolment.id.in_({one.enrolment_id for one in decisions}))
    )
    return {enrolment_id: revision.title for enrolment_id, revision in rows}


def _may_override(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.true() if actor.may(Permission.CREDIT_OVERRIDE) else sa.false()


def _select_standing_refusals() -> sa.Select[CreditDecision, str | None, str]:
    """Select the newest refusal of each license whose authority gave no certificate meanwhile."""
    later = aliased(CreditDecision)
    is_followed = sa.exists().where(
        later.enrolment_id == CreditDecision.enrolment_id,
        later.license == CreditDecision.license,
        later.id > CreditDecision.id,
    )
    is_certified = sa.exists().where(
        Certificate.enrolment_id == CreditDecision.enrolment_id,
        Certificate.authority == CreditDecision.authority,
        Certificate.state == CertificateState.VALID,
    )
    return (
        sa.select(CreditDecision, License.number, Revision.title)
        .join(Enrolment, Enrolment.id == CreditDecision.enrolment_id)
        .join(Revision, Revision.id == Enrolment.course_revision_id)
        .outerjoin(License, License.public_id == CreditDecision.license)
        .where(CreditDecision.state == CreditState.REFUSED, ~is_followed, ~is_certified)
        .order_by(CreditDecision.id.desc())
    )


def find_reports(session: Session, certificates: Sequence[Certificate]) -> Mapping[int, Report]:
    """Return what becomes of each valid certificate that claims credit, by certificate id."""
    known = load_authorities()
    claiming = [
        one
        for one in certificates
        if one.state is CertificateState.VALID and one.authority in known
    ]
    found = {
        one.id: find_default_report(known[one.authority], _find_completion_day(one))
        for one in claiming
    }
    for reported in hooks.reports(session, claiming) if claiming else []:
        found.update(reported)
    return found


def _find_completion_day(certificate: Certificate) -> date:
    facts = build_record_of_certificate(certificate).parsed_facts
    return date.fromisoformat(facts["completed"]["on"])
