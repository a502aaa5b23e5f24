"""Reads of the licenses for which people need credit."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.credit.licenses.models import HeldLicense


def find_held_licenses(session: Session, subject: str) -> Sequence[HeldLicense]:
    """Return a person's licenses, the oldest first."""
    mine = sa.select(HeldLicense).where(HeldLicense.subject == subject)
    return session.scalars(mine.order_by(HeldLicense.id)).all()


def find_own_held_license(session: Session, actor: Actor, public_id: str) -> HeldLicense | None:
    """Return one of the actor's licenses; None for someone else's."""
    return session.scalar(
        sa.select(HeldLicense).where(
            HeldLicense.public_id == public_id, HeldLicense.subject == actor.subject
        )
    )
