"""The key side of cases. Code that serves an open attempt may not import this module."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cpd.db import Base, PrimaryKey
from cpd.kernel.memory import Remembered
from cpd.quizzes.rules.case import CaseKey


class CaseKeyRow(Base):
    """Danger, marks and rationales of one case revision."""

    __tablename__ = "case_keys"

    id: Mapped[PrimaryKey]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), unique=True)
    key: Mapped[dict[str, Any]]


def keys_of(session: Session, revision_ids: Collection[int]) -> dict[int, CaseKey]:
    """Return the keys of case revisions, by revision id."""
    rows = session.scalars(select(CaseKeyRow).where(CaseKeyRow.revision_id.in_(revision_ids)))
    return {row.revision_id: CaseKey.from_json(row.key) for row in rows}


_practice: Remembered[int, CaseKey] = Remembered(256)


def practice_keys_of(session: Session, revision_ids: Collection[int]) -> dict[int, CaseKey]:
    """Return the same of practice cases, remembered; what counts is graded by what is stored."""
    known = {one: key for one in revision_ids if (key := _practice.recall(one)) is not None}
    unknown = set(revision_ids) - set(known)
    if unknown:
        for revision_id, key in keys_of(session, unknown).items():
            known[revision_id] = _practice.keep(revision_id, key)
    return known
