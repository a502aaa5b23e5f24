"""Reading requests, for those who may take part in the act."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.dual_control.hooks import purposes
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules.requests import RequestState


def find_request(session: Session, actor: Actor, public_id: str) -> DualControlRequest | None:
    """Return a request, or None if the actor may not take part in its act."""
    visible = _select_visible_requests(actor)
    return session.scalar(visible.where(DualControlRequest.public_id == public_id))


def find_requests_to_answer(
    session: Session, actor: Actor, *, now: datetime
) -> Sequence[DualControlRequest]:
    """Return the requests that the actor could answer now, the oldest first."""
    return session.scalars(
        _select_visible_requests(actor)
        .where(
            DualControlRequest.state == RequestState.ASKED,
            DualControlRequest.expires_at > now,
            DualControlRequest.asked_by != actor.subject,
        )
        .order_by(DualControlRequest.id)
    ).all()


def _select_visible_requests(actor: Actor) -> sa.Select[DualControlRequest]:
    names = [purpose.name for purpose in purposes() if actor.may(purpose.permission)]
    return sa.select(DualControlRequest).where(DualControlRequest.purpose.in_(names))
