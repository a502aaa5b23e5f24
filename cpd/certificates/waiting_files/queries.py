"""Reads of the certificates whose files wait for fonts."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.certificates.models import Certificate
from cpd.certificates.waiting_files.models import WaitingFile

_MOST = 200
"""How many rows are read for what they lack."""


@dataclass(frozen=True)
class WaitingFiles:
    """How many certificates wait for fonts, and the letters that are missing."""

    count: int
    letters: str


def find_waiting_files(session: Session) -> WaitingFiles | None:
    """Return what waits; None if nothing does."""
    rows = session.execute(
        sa.select(WaitingFile.letters, sa.func.count().over())
        .order_by(WaitingFile.id.desc())
        .limit(_MOST)
    ).all()
    if not rows:
        return None
    return WaitingFiles(rows[0][1], "".join(sorted({sign for row in rows for sign in row[0]})))


def find_waiting_certificates(session: Session, *, at_most: int) -> Sequence[Certificate]:
    """Return the certificates that have waited longest."""
    return session.scalars(
        sa.select(Certificate)
        .join(WaitingFile, WaitingFile.certificate_id == Certificate.id)
        .order_by(WaitingFile.id)
        .limit(at_most)
    ).all()
