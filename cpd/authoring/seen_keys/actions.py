"""Recording that somebody has opened the key of a case."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.authoring.seen_keys.models import SeenKey
from cpd.db import insert_if_absent


def record_opened_keys(
    session: Session, subject: str, files: Collection[tuple[int, str]], *, now: datetime
) -> None:
    """Record once that somebody opened the keys of these files, given by course and path."""
    rows = [
        {"subject": subject, "course_id": course_id, "path": path, "seen_at": now}
        for course_id, path in sorted(files)
    ]
    insert_if_absent(session, SeenKey, rows, by=("subject", "course_id", "path"))
