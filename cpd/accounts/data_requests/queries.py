"""Reads of requests about data: a person's own, and all of them for administrators."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from cpd.access.permissions import Actor, Permission
from cpd.accounts.data_requests.models import DataRequest, DataRequestKind
from cpd.accounts.models import Person
from cpd.db import Page, find_page

REQUESTS_PER_PAGE = 30
COPY_LASTS = timedelta(days=14)
"""How long a person can download a copy that was made ready for them."""


def find_own_requests(session: Session, actor: Actor) -> Mapping[DataRequestKind, DataRequest]:
    """Return the actor's newest request of each kind."""
    rows = session.scalars(
        sa.select(DataRequest)
        .where(DataRequest.person_id == actor.person_id)
        .order_by(DataRequest.id)
    )
    return {row.kind: row for row in rows}


def find_own_open_request(session: Session, actor: Actor, public_id: str) -> DataRequest | None:
    """Return one of the actor's open requests; None for someone else's."""
    return session.scalar(
        sa.select(DataRequest).where(
            DataRequest.public_id == public_id,
            DataRequest.person_id == actor.person_id,
            DataRequest.done_at.is_(None),
        )
    )


def find_end_of_ready_copy(session: Session, actor: Actor, *, now: datetime) -> datetime | None:
    """Return until when the actor can download a copy of their data; None if none is ready."""
    newest = sa.select(sa.func.max(DataRequest.done_at)).where(
        DataRequest.person_id == actor.person_id,
        DataRequest.kind == DataRequestKind.COPY,
        DataRequest.done_at > now - COPY_LASTS,
    )
    done_at = session.scalar(newest)
    return done_at + COPY_LASTS if done_at else None


def find_page_of_requests(session: Session, actor: Actor, *, page: int) -> Page[DataRequest] | None:
    """Return a page of the requests that wait, the oldest first, with who asks.

    None past the last page, and for actors who may not carry requests out.
    """
    if not actor.may(Permission.PERSON_DISABLE):
        return None
    rows = _select_open().order_by(DataRequest.asked_at, DataRequest.id)
    return find_page(session, rows, number=page, size=REQUESTS_PER_PAGE)


def find_open_request(session: Session, actor: Actor, public_id: str) -> DataRequest | None:
    """Return a request that waits, with who asks; None for actors who may not carry it out."""
    if not actor.may(Permission.PERSON_DISABLE):
        return None
    return session.scalar(_select_open().where(DataRequest.public_id == public_id))


def find_open_request_count(session: Session, actor: Actor) -> int:
    """Count the requests that wait; 0 for actors who may not carry them out."""
    if not actor.may(Permission.PERSON_DISABLE):
        return 0
    is_open = DataRequest.done_at.is_(None)
    return session.scalar(sa.select(sa.func.count()).select_from(DataRequest).where(is_open)) or 0


def _select_open() -> sa.Select[DataRequest]:
    return (
        sa.select(DataRequest)
        .join(Person, DataRequest.person_id == Person.id)
        .where(DataRequest.done_at.is_(None))
        .options(contains_eager(DataRequest.person))
    )
