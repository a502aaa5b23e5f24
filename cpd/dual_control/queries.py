"""Reading requests, by those who may take part in the act that is asked for."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.dual_control.hooks import purposes
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules.requests import RequestState


def request(session: Session, actor: Actor, public_id: str) -> DualControlRequest | None:
    """Return a request to those who may take part in its act; for others there is none."""
    return session.scalar(_for(actor).where(DualControlRequest.public_id == public_id))


def waiting(session: Session, actor: Actor, *, now: datetime) -> Sequence[DualControlRequest]:
    """Return what the actor could answer now, the oldest first."""
    return session.scalars(
        _for(actor)
        .where(
            DualControlRequest.state == RequestState.ASKED,
            DualControlRequest.expires_at > now,
            DualControlRequest.asked_by != actor.subject,
        )
        .order_by(DualControlRequest.id)
    ).all()


def _for(actor: Actor) -> sa.Select[DualControlRequest]:
    names = [one.name for one in purposes() if actor.may(one.permission)]
    return sa.select(DualControlRequest).where(DualControlRequest.purpose.in_(names))
