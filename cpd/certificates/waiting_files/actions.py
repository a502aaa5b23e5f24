"""Noting that a certificate's files wait for fonts, and that they no longer do."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.certificates.models import Certificate
from cpd.certificates.waiting_files.models import WaitingFile
from cpd.db import insert_if_absent


def add_waiting_file(
    session: Session, certificate: Certificate, letters: Iterable[str], *, now: datetime
) -> None:
    """Note that the fonts lack letters of a certificate, unless that is known."""
    row = {
        "certificate_id": certificate.id,
        "letters": "".join(sorted(set("".join(letters)))),
        "since": now,
    }
    insert_if_absent(session, WaitingFile, [row], by=["certificate_id"])


def remove_waiting_file(session: Session, certificate: Certificate) -> None:
    """Note that nothing of a certificate waits any more."""
    session.execute(sa.delete(WaitingFile).where(WaitingFile.certificate_id == certificate.id))
