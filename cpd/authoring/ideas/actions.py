"""Putting stories into the ideas box and taking them out."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.drafts.models import Draft
from cpd.authoring.ideas.models import Idea


def take_down_idea(session: Session, story: str, *, actor: Actor, now: datetime) -> Idea:
    """Put a story into the box."""
    idea = Idea(story=story, subject=actor.subject, written_at=now)
    session.add(idea)
    session.flush()
    return idea


def delete_idea(session: Session, idea: Idea, *, actor: Actor, now: datetime) -> None:
    """Delete a story; the audit trail says who did it, and nothing of the story."""
    audit.add_audit_entry(session, actor, "authoring:idea:delete", now=now, to=idea.public_id)
    session.delete(idea)


def note_case_of_idea(session: Session, idea: Idea, draft: Draft) -> None:
    """Take an idea out of the box, because a case was made of it."""
    idea.draft_id = draft.id
    session.flush()
