"""Reads of a person's own licenses with their cycles, and of their outside activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from cpd.access.permissions import Actor
from cpd.accounts.models import License, Person
from cpd.credit import hooks
from cpd.credit.authority_loading import load_authorities
from cpd.credit.cycles.models import (
    ActivityClaim,
    ActivityEvidence,
    LicenseCycle,
    OutsideActivity,
)
from cpd.credit.rules.activities import Activity
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.counting import IssuedCredit
from cpd.credit.rules.cycles import CycleReport, count_cycle


@dataclass(frozen=True)
class OwnLicense:
    """A license of the actor, and whose rules it is under if they said so."""

    license: License
    cycle: LicenseCycle | None

    @property
    def authority(self) -> Authority | None:
        """The authority; None until its holder has chosen one."""
        return load_authorities().get(self.cycle.authority) if self.cycle else None

    @property
    def slug(self) -> str:
        """The slug of the authority; empty until its holder has chosen one."""
        return self.cycle.authority if self.cycle else ""

    @property
    def is_counted(self) -> bool:
        """Whether activities can count for it."""
        return self.authority is not None and self.authority.file.counts != "reflection"


@dataclass(frozen=True)
class LicenseReport:
    """A license, and where its cycle stands; no report until its holder chose an authority."""

    own: OwnLicense
    report: CycleReport | None


@dataclass(frozen=True)
class OwnRecord:
    """All licenses and outside activities of a person."""

    licenses: Sequence[LicenseReport]
    activities: Sequence[OutsideActivity]
    """The newest first."""


def find_own_licenses(session: Session, actor: Actor) -> list[OwnLicense]:
    """Return the actor's licenses in the order in which they were added."""
    return _find_licenses(session, License.person_id == actor.person_id)


def find_licenses_of_subject(session: Session, subject: str) -> list[OwnLicense]:
    """Return somebody's licenses in the order in which they were added."""
    holder = sa.select(Person.id).where(Person.subject == subject).scalar_subquery()
    return _find_licenses(session, License.person_id == holder)


def _find_licenses(session: Session, whose: sa.ColumnElement[bool]) -> list[OwnLicense]:
    rows = session.execute(
        sa.select(License, LicenseCycle)
        .outerjoin(LicenseCycle, LicenseCycle.licence_id == License.id)
        .where(whose)
        .order_by(License.id)
    )
    return [OwnLicense(license_, cycle) for license_, cycle in rows]


def find_own_license_with_cycle(
    session: Session, actor: Actor, public_id: str
) -> OwnLicense | None:
    """Return one license of the actor; None for someone else's."""
    found = find_own_licenses(session, actor)
    return next((one for one in found if one.license.public_id == public_id), None)


def find_own_activities(session: Session, actor: Actor) -> Sequence[OutsideActivity]:
    """Return the actor's outside activities with claims and evidence, the newest first."""
    found = session.scalars(
        _select_activities(actor.person_id).options(selectinload(OutsideActivity.evidence))
    )
    return found.unique().all()


def find_claimed_activities(session: Session, person_id: int | None) -> Sequence[OutsideActivity]:
    """Return somebody's outside activities with claims, the newest first."""
    return session.scalars(_select_activities(person_id)).unique().all()


def _select_activities(person_id: int | None) -> sa.Select[OutsideActivity]:
    return (
        sa.select(OutsideActivity)
        .where(OutsideActivity.person_id == person_id)
        .options(joinedload(OutsideActivity.claims))
        .order_by(OutsideActivity.completed_on.desc(), OutsideActivity.id.desc())
    )


def find_own_activity(session: Session, actor: Actor, public_id: str) -> OutsideActivity | None:
    """Return one outside activity of the actor; None for someone else's."""
    return session.scalar(
        sa.select(OutsideActivity)
        .where(OutsideActivity.public_id == public_id, OutsideActivity.person_id == actor.person_id)
        .options(selectinload(OutsideActivity.claims), selectinload(OutsideActivity.evidence))
    )


def find_own_evidence(
    session: Session, actor: Actor, activity: str, public_id: str
) -> ActivityEvidence | None:
    """Return a file of one of the actor's activities with its content; None for others'."""
    return session.scalar(
        sa.select(ActivityEvidence)
        .join(OutsideActivity, OutsideActivity.id == ActivityEvidence.activity_id)
        .where(
            ActivityEvidence.public_id == public_id,
            OutsideActivity.public_id == activity,
            OutsideActivity.person_id == actor.person_id,
        )
        .options(undefer(ActivityEvidence.content))
    )


def find_own_record(session: Session, actor: Actor, *, today: date) -> OwnRecord:
    """Return the actor's licenses with where each cycle stands, and all outside activities."""
    licenses, activities = find_own_licenses(session, actor), find_own_activities(session, actor)
    return OwnRecord(_build_reports(session, actor, licenses, activities, today), activities)


def find_own_license_reports(
    session: Session, actor: Actor, *, today: date
) -> Sequence[LicenseReport]:
    """Return where each cycle stands; activities are read only if the actor has a license."""
    licenses = find_own_licenses(session, actor)
    activities = find_claimed_activities(session, actor.person_id) if licenses else []
    return _build_reports(session, actor, licenses, activities, today)


def _build_reports(
    session: Session,
    actor: Actor,
    licenses: Sequence[OwnLicense],
    activities: Sequence[OutsideActivity],
    today: date,
) -> list[LicenseReport]:
    issued = hooks.issued_credit(session, actor.subject) if licenses else []
    return [
        LicenseReport(own, build_report(own, activities, issued, today=today)) for own in licenses
    ]


def build_report(
    own: OwnLicense,
    activities: Sequence[OutsideActivity],
    issued: Sequence[IssuedCredit],
    *,
    today: date,
) -> CycleReport | None:
    """Return where the cycle of a license stands; None until its holder chose an authority."""
    if own.authority is None or own.cycle is None:
        return None
    return count_cycle(
        own.authority,
        issued_on=own.cycle.issued_on,
        expires_on=own.cycle.expires_on,
        activities=build_counted_activities(own, activities, issued),
        today=today,
    )


def build_counted_activities(
    own: OwnLicense, activities: Sequence[OutsideActivity], issued: Sequence[IssuedCredit]
) -> list[Activity]:
    """Return what should count for a license: as its holder says, and by certificates of here."""
    claimed = [
        build_activity(row, claim)
        for row in activities
        for claim in row.claims
        if claim.licence_id == own.license.id
    ]
    return [*claimed, *(one.activity for one in issued if one.authority == own.slug)]


def build_activity(row: OutsideActivity, claim: ActivityClaim) -> Activity:
    """Return an outside activity as far as one license is concerned."""
    return Activity(
        id=row.public_id,
        title=row.title,
        organizer=row.organizer,
        completed_on=row.completed_on,
        minutes=row.minutes,
        manner=row.manner,
        category=claim.category,
        stated=None if claim.hundredths is None else Decimal(claim.hundredths).scaleb(-2),
    )
