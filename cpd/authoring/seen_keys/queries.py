"""Reads of who has opened the key of a case."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import PurePosixPath

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.authoring.seen_keys.models import SeenKey
from cpd.quizzes.encounters import select_encounters

CASES = "cases/"
"""The folder of the files that have a key."""


def find_opened_files(
    session: Session, subject: str, files: Collection[tuple[int, str]]
) -> frozenset[tuple[int, str]]:
    """Return those of some files, by course and path, whose key somebody has opened."""
    rows = session.execute(
        sa.select(SeenKey.course_id, SeenKey.path).where(
            SeenKey.subject == subject,
            SeenKey.course_id.in_({course_id for course_id, _ in files}),
            SeenKey.path.in_({path for _, path in files}),
        )
    )
    return frozenset((course_id, path) for course_id, path in rows).intersection(files)


def find_first_views_of_keys(
    session: Session, course_id: int, paths: Collection[str]
) -> Mapping[str, Mapping[str, datetime]]:
    """Return by file when each person first saw its key, as far as it is known.

    They opened it on a page of authors, or they met the case as learners, in practice or an exam.
    """
    cases = {PurePosixPath(path).stem: path for path in paths if path.startswith(CASES)}
    views: dict[str, dict[str, datetime]] = {path: {} for path in paths}
    if not cases:
        return views
    opened = sa.select(SeenKey.path, SeenKey.subject, SeenKey.seen_at).where(
        SeenKey.course_id == course_id, SeenKey.path.in_(cases.values())
    )
    met = session.execute(select_encounters(course_id, cases.keys()))
    for path, subject, seen_at in [
        *session.execute(opened),
        *((cases[case], subject, at) for case, subject, at in met),
    ]:
        views[path][subject] = min(seen_at, views[path].get(subject, seen_at))
    return views
