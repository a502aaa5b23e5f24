"""Reads of archives, for administrators and for the worker."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, undefer

from cpd.access.permissions import Actor, Permission
from cpd.audits.archives.models import AuditArchive, AuditArchivePart
from cpd.db import Page, find_page

PAGE = 30


def find_archives(session: Session, actor: Actor, *, page: int) -> Page[AuditArchive] | None:
    """Return one page of the archives that anyone asked for, the newest first."""
    found = _select_visible_archives(actor).order_by(AuditArchive.id.desc())
    return find_page(session, found, number=page, size=PAGE)


def find_archive(session: Session, actor: Actor, public_id: str) -> AuditArchive | None:
    """Return one archive, to people who may make them."""
    return session.scalar(
        _select_visible_archives(actor).where(AuditArchive.public_id == public_id)
    )


def _select_visible_archives(actor: Actor) -> sa.Select[AuditArchive]:
    all_ = sa.select(AuditArchive).options(joinedload(AuditArchive.course))
    return all_ if actor.may(Permission.ARCHIVE_MAKE) else all_.where(sa.false())


def find_archive_to_make(session: Session, public_id: str) -> AuditArchive | None:
    """Return an archive for the worker."""
    return session.scalar(
        sa.select(AuditArchive)
        .where(AuditArchive.public_id == public_id)
        .options(joinedload(AuditArchive.course))
        .execution_options(populate_existing=True)
    )


def find_part_sizes(session: Session, archive: AuditArchive) -> Sequence[tuple[int, int]]:
    """Return the number and the size of each file that is stored."""
    rows = session.execute(
        sa.select(AuditArchivePart.number, AuditArchivePart.size)
        .where(AuditArchivePart.archive_id == archive.id)
        .order_by(AuditArchivePart.number)
    )
    return [(number, size) for number, size in rows]


def find_part_content(session: Session, archive: AuditArchive, number: int) -> bytes | None:
    """Return one file of an archive."""
    part = session.scalar(
        sa.select(AuditArchivePart)
        .where(AuditArchivePart.archive_id == archive.id, AuditArchivePart.number == number)
        .options(undefer(AuditArchivePart.content))
    )
    return None if part is None else part.content
