"""Reads of the ideas box, which all who write for a course share."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.authoring.ideas.models import Idea


def _select_ideas(actor: Actor) -> sa.Select[Idea]:
    """Select the ideas that nobody has made a case of, for those who may write one."""
    may_write = sa.true() if actor.may(Permission.DRAFT_WRITE) else sa.false()
    return sa.select(Idea).where(may_write, Idea.draft_id.is_(None))


def find_ideas(session: Session, actor: Actor) -> Sequence[Idea]:
    """Return the ideas in the box, the newest first."""
    return session.scalars(_select_ideas(actor).order_by(Idea.written_at.desc(), Idea.id)).all()


def find_idea(session: Session, actor: Actor, public_id: str) -> Idea | None:
    """Return an idea that is still in the box."""
    return session.scalar(_select_ideas(actor).where(Idea.public_id == public_id))
