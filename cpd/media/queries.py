"""Reads of files by their content."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.kernel import raster
from cpd.media.models import Media


def find_media(session: Session, sha256: str, type_: str) -> Media | None:
    """Return a file of a type."""
    return session.scalar(sa.select(Media).where(Media.sha256 == sha256, Media.type == type_))


def find_stored_pictures(session: Session, names: Collection[str]) -> set[str]:
    """Return the names of those pictures that are stored."""
    hashes = {_read_hash(name): name for name in names}
    if not hashes:
        return set()
    stored = sa.select(Media.sha256).where(Media.sha256.in_(hashes), Media.type == raster.TYPE)
    return {hashes[sha256] for sha256 in session.scalars(stored)}


def find_picture_files(session: Session, names: Collection[str]) -> dict[str, bytes]:
    """Return the pictures that are stored, by their path in the folder of a course."""
    hashes = {_read_hash(name): name for name in names}
    if not hashes:
        return {}
    rows = session.execute(
        sa.select(Media.sha256, Media.content).where(
            Media.sha256.in_(hashes), Media.type == raster.TYPE
        )
    )
    return {f"media/{hashes[row.sha256]}.webp": row.content for row in rows}


def _read_hash(name: str) -> str:
    return name.rpartition("-")[2]
