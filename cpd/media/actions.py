"""Storing files."""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.db import insert_if_absent
from cpd.media.models import Media


def store_media(session: Session, content: bytes, type_: str, *, now: datetime) -> Media:
    """Store a file unless it is there already, and return its row."""
    digest = hashlib.sha256(content).hexdigest()
    row = {"sha256": digest, "type": type_, "content": content, "created_at": now}
    insert_if_absent(session, Media, [row], by=["sha256"])
    return session.scalars(sa.select(Media).where(Media.sha256 == digest)).one()
