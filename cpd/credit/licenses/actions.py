"""Adding and removing licenses for which someone needs credit; both are audited."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.credit.licenses.models import HeldLicense
from cpd.credit.licenses.queries import find_held_licenses
from cpd.credit.rules.issue_checks import is_license_number

MOST_LICENSES = 20


@dataclass(frozen=True)
class NewLicense:
    """A license as its holder enters it."""

    authority: str
    number: str
    cycle_begins: date | None = None
    cycle_ends: date | None = None


class LicenseFault(StrEnum):
    """Why a license was not added."""

    MALFORMED = "malformed"
    ENDS_FIRST = "ends-first"
    KNOWN = "known"
    TOO_MANY = "too-many"


def add_held_license(
    session: Session, new: NewLicense, *, actor: Actor, now: datetime
) -> HeldLicense | LicenseFault:
    """Add a license of the actor, or return why not."""
    if not is_license_number(new.number):
        return LicenseFault.MALFORMED
    if new.cycle_begins and new.cycle_ends and new.cycle_ends < new.cycle_begins:
        return LicenseFault.ENDS_FIRST
    present = find_held_licenses(session, actor.subject)
    if any((one.authority, one.number) == (new.authority, new.number) for one in present):
        return LicenseFault.KNOWN
    if len(present) >= MOST_LICENSES:
        return LicenseFault.TOO_MANY
    row = HeldLicense(
        subject=actor.subject,
        authority=new.authority,
        number=new.number,
        cycle_begins=new.cycle_begins,
        cycle_ends=new.cycle_ends,
        added_at=now,
    )
    session.add(row)
    session.flush()
    audit.add_audit_entry(session, actor, "credit:license:add", now=now, to=row.public_id)
    return row


def remove_held_license(
    session: Session, held: HeldLicense, *, actor: Actor, now: datetime
) -> None:
    """Remove a license; idempotent."""
    row = session.get(HeldLicense, held.id)
    if row is not None:
        session.delete(row)
        session.flush()
        audit.add_audit_entry(session, actor, "credit:license:remove", now=now, to=held.public_id)
