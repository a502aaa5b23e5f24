"""Reads of résumés, for administrators."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from cpd.access.permissions import Actor, Permission
from cpd.applications.resumes.models import Resume

RESUME_TYPE = "application/pdf"


def find_resumes(session: Session, authors: Collection[str]) -> Mapping[str, Resume]:
    """Return the résumés of these authors by name, without their files."""
    rows = session.scalars(sa.select(Resume).where(Resume.author.in_(authors)))
    return {row.author: row for row in rows}


def find_resume_files(
    session: Session, actor: Actor, authors: Collection[str]
) -> Mapping[str, bytes]:
    """Return the files of these authors by name."""
    if not actor.may(Permission.APPLICATION_MANAGE):
        return {}
    found = sa.select(Resume).where(Resume.author.in_(authors)).options(undefer(Resume.content))
    return {row.author: row.content for row in session.scalars(found)}
