"""Asking for a copy of one's data or for the deletion of one's account, and carrying it out."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum, auto

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts.data_requests.models import DataRequest, DataRequestKind
from cpd.accounts.data_requests.personal_data import RowsOfPerson
from cpd.accounts.models import Person
from cpd.accounts.queries import lock_person
from cpd.joints.personal import PersonalData
from cpd.mail import emails
from cpd.mail.emails import Email


class DataRequestRefusal(StrEnum):
    """Why a request was not carried out."""

    NOT_OPEN = auto()
    """It was withdrawn or carried out meanwhile."""
    OWN_ACCOUNT = auto()


_TEMPLATE = "accounts/emails/data_request_done.txt"


def request_data_action(
    session: Session, kind: DataRequestKind, *, actor: Actor, now: datetime
) -> None:
    """Ask administrators for this; asking again while it waits changes nothing."""
    person = lock_person(session, actor.person_id)
    waiting = sa.select(DataRequest.id).where(
        DataRequest.person_id == person.id,
        DataRequest.kind == kind,
        DataRequest.done_at.is_(None),
    )
    if session.scalar(waiting) is not None:
        return
    session.add(DataRequest(person_id=person.id, kind=kind, asked_at=now))
    session.flush()
    audit.add_audit_entry(
        session, actor, "accounts:data-request:make", now=now, to=person.subject, kind=kind
    )


def withdraw_data_request(
    session: Session, request: DataRequest, *, actor: Actor, now: datetime
) -> bool:
    """Delete an open request of the actor; False if it was carried out meanwhile."""
    withdrawn = session.scalars(
        sa.delete(DataRequest)
        .where(DataRequest.id == request.id, DataRequest.done_at.is_(None))
        .returning(DataRequest.kind)
    ).all()
    for kind in withdrawn:
        audit.add_audit_entry(
            session, actor, "accounts:data-request:withdraw", now=now, to=actor.subject, kind=kind
        )
    return bool(withdrawn)


def carry_out_data_request(
    session: Session,
    request: DataRequest,
    *,
    declared: Sequence[PersonalData],
    actor: Actor,
    now: datetime,
) -> DataRequestRefusal | None:
    """Make the copy ready, or delete the account, and tell the person by email."""
    if request.kind is DataRequestKind.DELETION and request.person_id == actor.person_id:
        return DataRequestRefusal.OWN_ACCOUNT
    done = session.scalars(
        sa.update(DataRequest)
        .where(DataRequest.id == request.id, DataRequest.done_at.is_(None))
        .values(done_at=now, done_by=actor.subject)
        .returning(DataRequest.id)
    ).all()
    if not done:
        return DataRequestRefusal.NOT_OPEN
    person = lock_person(session, request.person_id)
    values = {"kind": request.kind.value, "name": person.name}
    emails.enqueue_email(session, Email(person.email, _TEMPLATE, values), now=now)
    audit.add_audit_entry(
        session,
        actor,
        "accounts:data-request:complete",
        now=now,
        to=person.subject,
        kind=request.kind,
    )
    if request.kind is DataRequestKind.DELETION:
        _erase_person(session, person, declared)
    return None


def _erase_person(session: Session, person: Person, declared: Sequence[PersonalData]) -> None:
    rows = RowsOfPerson(person, declared)
    session.flush()
    session.expunge_all()  # the rows are deleted without the objects that stand for them
    rows.erase_rows(session)
