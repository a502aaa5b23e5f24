"""Reads of agreements to report."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.certificates.models import Certificate
from cpd.reporting.agreements.models import ReportAgreement


def is_agreed_condition() -> sa.ColumnElement[bool]:
    """Return the condition that the holder of a row of `Certificate` has agreed to its report."""
    newest = (
        sa.select(ReportAgreement.is_given)
        .where(
            ReportAgreement.subject == Certificate.subject,
            ReportAgreement.authority == Certificate.authority,
        )
        .order_by(ReportAgreement.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return newest.is_(True)


def find_agreed_authorities(session: Session, subjects: Collection[str]) -> set[tuple[str, str]]:
    """Return who agrees to reports to which authority: pairs of subject and slug."""
    rows = session.execute(
        sa.select(ReportAgreement.subject, ReportAgreement.authority, ReportAgreement.is_given)
        .where(ReportAgreement.subject.in_(subjects))
        .order_by(ReportAgreement.id)
    )
    newest = {(subject, authority): is_given for subject, authority, is_given in rows}
    return {pair for pair, is_given in newest.items() if is_given}


def has_certificate_of(session: Session, actor: Actor, authority: str) -> bool:
    """Tell whether the actor holds a certificate with credit from an authority."""
    own = sa.exists().where(
        Certificate.subject == actor.subject, Certificate.authority == authority
    )
    return bool(session.scalar(sa.select(own)))
