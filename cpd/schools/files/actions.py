"""What filling a file leaves behind: the pairs that a person confirmed, and an audit entry."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor, Scope
from cpd.db import insert_if_absent
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import find_school, scope_condition
from cpd.schools.assignments.models import Assignment
from cpd.schools.files.models import FilePair
from cpd.schools.files.queries import NOBODY, compute_row_digest


def record_filled_file(
    session: Session,
    scope: Scope,
    assignment: Assignment,
    *,
    count: int,
    confirmed: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    """Write down that scores left the site in a file, and remember the confirmed pairs."""
    remember_pairs(session, scope, confirmed, actor=actor, now=now)
    audit.add_audit_entry(
        session, actor, "schools:file:fill", now=now, to=assignment.public_id, count=count
    )


def remember_pairs(
    session: Session, scope: Scope, confirmed: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    """Remember which member each row is about, instead of what was remembered before.

    Memberships of other schools are left out.
    """
    if not confirmed:
        return
    in_school = scope_condition(scope, School.public_id)
    members = select(Membership.public_id, Membership.id).join(Membership.school).where(in_school)
    wanted = members.where(Membership.public_id.in_(set(confirmed.values())))
    ids: dict[str, int | None] = {row[0]: row[1] for row in session.execute(wanted)}
    ids[NOBODY] = None
    chosen = {
        compute_row_digest(scope, identity): ids[key]
        for identity, key in confirmed.items()
        if key in ids
    }
    school_id = find_school(session, scope).id
    rows = [
        {"school_id": school_id, "row_digest": digest, "membership_id": membership_id,
         "confirmed_by": actor.subject, "confirmed_at": now}
        for digest, membership_id in chosen.items()
    ]  # fmt: skip
    insert_if_absent(session, FilePair, rows, by=["school_id", "row_digest"])
    stored = (
        select(FilePair).join(FilePair.school).where(in_school, FilePair.row_digest.in_(chosen))
    )
    for pair in session.scalars(stored):
        if pair.membership_id != chosen[pair.row_digest]:
            pair.membership_id = chosen[pair.row_digest]
            pair.confirmed_by, pair.confirmed_at = actor.subject, now
    session.flush()
