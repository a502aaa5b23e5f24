"""Writes to a person's own cycles and outside activities; all are audited, without their text."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts.models import License
from cpd.accounts.profile import actions as profiles
from cpd.accounts.profile.actions import LicenseRefusal
from cpd.accounts.queries import lock_person
from cpd.credit.authority_loading import load_authorities
from cpd.credit.cycles.models import (
    ActivityClaim,
    ActivityEvidence,
    LicenseCycle,
    OutsideActivity,
)
from cpd.credit.cycles.queries import find_own_activity
from cpd.credit.rules.activities import Manner
from cpd.credit.rules.evidence import (
    PDF,
    PICTURE,
    EvidenceFault,
    find_addition_fault,
    find_pdf_fault,
    find_size_fault,
    is_pdf,
)
from cpd.media.encoding import encode_picture

MOST_ACTIVITIES = 1000


@dataclass(frozen=True)
class Claim:
    """For which license an activity should count, and as what."""

    license_id: int
    category: str = ""
    stated: Decimal | None = None


@dataclass(frozen=True)
class NewActivity:
    """An outside activity as its holder describes it."""

    title: str
    organizer: str
    completed_on: date
    minutes: int
    manner: Manner
    claims: Sequence[Claim] = ()


@dataclass(frozen=True)
class NewLicense:
    """A license as its holder enters it where they say that they need credit."""

    authority: str
    """The slug of the authority's file."""
    number: str
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class PreparedEvidence:
    """A file that is taken, in the form in which it is stored."""

    type: str
    content: bytes

    @property
    def content_hash(self) -> str:
        """The SHA-256 of what is stored."""
        return hashlib.sha256(self.content).hexdigest()


def save_license_cycle(
    session: Session,
    license_: License,
    *,
    authority: str,
    issued_on: date | None,
    expires_on: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Save whose rules a license of the actor is under, and when it expires."""
    lock_person(session, actor.person_id)
    row = session.get(LicenseCycle, license_.id) or LicenseCycle(licence_id=license_.id)
    row.authority, row.issued_on, row.expires_on = authority, issued_on, expires_on
    session.add(row)
    session.flush()
    audit.add_audit_entry(session, actor, "credit:cycle:save", now=now, to=license_.public_id)


def add_license_with_cycle(
    session: Session, new: NewLicense, *, actor: Actor, now: datetime
) -> LicenseRefusal | None:
    """Add a license to the actor's profile together with its cycle, or return why not."""
    issuer = load_authorities()[new.authority].file.name
    added = profiles.add_license(session, authority=issuer, number=new.number, actor=actor, now=now)
    if isinstance(added, LicenseRefusal):
        return added
    save_license_cycle(
        session,
        added,
        authority=new.authority,
        issued_on=new.issued_on,
        expires_on=new.expires_on,
        actor=actor,
        now=now,
    )
    return None


def add_activity(
    session: Session, new: NewActivity, *, actor: Actor, now: datetime
) -> OutsideActivity | None:
    """Add an outside activity to the actor's record; None if there are too many."""
    person = lock_person(session, actor.person_id)
    own = sa.select(sa.func.count()).where(OutsideActivity.person_id == person.id)
    if (session.scalar(own) or 0) >= MOST_ACTIVITIES:
        return None
    row = OutsideActivity(person_id=person.id, added_at=now)
    _fill_activity(row, new)
    session.add(row)
    session.flush()
    audit.add_audit_entry(session, actor, "credit:activity:add", now=now, to=row.public_id)
    return row


def change_activity(
    session: Session, row: OutsideActivity, new: NewActivity, *, actor: Actor, now: datetime
) -> None:
    """Change one of the actor's outside activities."""
    _fill_activity(row, new)
    session.flush()
    audit.add_audit_entry(session, actor, "credit:activity:change", now=now, to=row.public_id)


def _fill_activity(row: OutsideActivity, new: NewActivity) -> None:
    row.title, row.organizer = new.title, new.organizer
    row.completed_on, row.minutes, row.manner = new.completed_on, new.minutes, new.manner
    present = {claim.licence_id: claim for claim in row.claims}
    row.claims = [
        _fill_claim(present.get(claim.license_id) or ActivityClaim(), claim) for claim in new.claims
    ]


def _fill_claim(row: ActivityClaim, claim: Claim) -> ActivityClaim:
    row.licence_id, row.category = claim.license_id, claim.category
    row.hundredths = None if claim.stated is None else int(claim.stated * 100)
    return row


def remove_activity(session: Session, row: OutsideActivity, *, actor: Actor, now: datetime) -> None:
    """Remove one of the actor's outside activities with its evidence."""
    session.delete(row)
    session.flush()
    audit.add_audit_entry(session, actor, "credit:activity:remove", now=now, to=row.public_id)


def prepare_evidence(content: bytes) -> PreparedEvidence | EvidenceFault:
    """Return a file as it is stored, or why it is not taken; slow, so outside a unit of work.

    Of a picture nothing but its pixels is kept. Raises PictureRefusedError for a bad picture.
    """
    fault = find_size_fault(content)
    if fault is not None:
        return fault
    if is_pdf(content):
        return find_pdf_fault(content) or PreparedEvidence(PDF, content)
    return PreparedEvidence(PICTURE, encode_picture(content))


def add_evidence(
    session: Session,
    activity_id: str,
    evidence: PreparedEvidence,
    *,
    actor: Actor,
    now: datetime,
) -> EvidenceFault | None:
    """Add a file to one of the actor's activities, or return why not; two at once take turns."""
    lock_person(session, actor.person_id)
    activity = find_own_activity(session, actor, activity_id)
    if activity is None:
        return None
    digest = evidence.content_hash
    fault = find_addition_fault(digest, [one.content_hash for one in activity.evidence])
    if fault is not None:
        return fault
    row = ActivityEvidence(
        activity_id=activity.id,
        type=evidence.type,
        content_hash=digest,
        size=len(evidence.content),
        content=evidence.content,
        added_at=now,
    )
    session.add(row)
    session.flush()
    audit.add_audit_entry(session, actor, "credit:evidence:add", now=now, to=row.public_id)
    return None


def remove_evidence(
    session: Session, row: ActivityEvidence, *, actor: Actor, now: datetime
) -> None:
    """Remove a file from one of the actor's activities."""
    session.delete(row)
    session.flush()
    audit.add_audit_entry(session, actor, "credit:evidence:remove", now=now, to=row.public_id)
