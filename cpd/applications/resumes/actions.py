"""Storing and removing the résumés of authors; both are audited."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.applications.resumes.models import Resume
from cpd.db import insert_if_absent


def store_resume(
    session: Session, author: str, content: bytes, *, actor: Actor, now: datetime
) -> None:
    """Store an author's résumé in place of an earlier one."""
    values = {
        "author": author,
        "content": content,
        "size": len(content),
        "stored_by": actor.subject,
        "stored_at": now,
    }
    insert_if_absent(session, Resume, [values], by=["author"])
    session.execute(sa.update(Resume).where(Resume.author == author).values(values))
    audit.add_audit_entry(session, actor, "applications:resume:store", now=now, author=author)


def remove_resume(session: Session, author: str, *, actor: Actor, now: datetime) -> None:
    """Remove an author's résumé; idempotent."""
    removed = session.scalars(
        sa.delete(Resume).where(Resume.author == author).returning(Resume.id)
    ).all()
    if removed:
        audit.add_audit_entry(session, actor, "applications:resume:remove", now=now, author=author)
