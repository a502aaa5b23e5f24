"""The keys of cases. Code that serves an open attempt may not import this module."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cpd.cases.html_replacement import key_with_new_html
from cpd.cases.key import CaseKey
from cpd.content.version import load_renderer_version
from cpd.courses.models import Revision
from cpd.courses.renderings import RenderedTexts
from cpd.db import Base, PrimaryKey
from cpd.joints.questions import Question
from cpd.kernel.memory import LruCache


class CaseKeyRow(Base):
    """Dangers, marks and rationales of one case revision."""

    __tablename__ = "case_keys"

    id: Mapped[PrimaryKey]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), unique=True)
    key: Mapped[dict[str, Any]]


class KeyRendering(RenderedTexts, Base):
    """The rationales and notes of one key as HTML, in a table of their own."""

    __tablename__ = "key_renderings"


render_keys: Question[[Session, Collection[int]], Mapping[int, KeyRendering]] = Question(
    "quizzes.make_key_renderings"
)
"""Render the keys of these revisions, by id, if they have no row yet; authoring answers this."""


def find_stored_keys(session: Session, revision_ids: Collection[int]) -> dict[int, CaseKey]:
    """Return the keys of case revisions as stored, by revision id: for grading."""
    rows = session.scalars(select(CaseKeyRow).where(CaseKeyRow.revision_id.in_(revision_ids)))
    return {row.revision_id: CaseKey.from_json(row.key) for row in rows}


def find_rendered_keys(session: Session, revision_ids: Collection[int]) -> dict[int, CaseKey]:
    """Return the keys of case revisions with their texts as rendered today: for reading."""
    rows = session.execute(_select_keys_with_texts(revision_ids)).all()
    renderings = {id_: rendering for id_, _, rendering in rows if rendering is not None}
    missing = {id_ for id_, _, _ in rows} - renderings.keys()
    if missing:
        renderings |= render_keys(session, missing)
    keys = {}
    for id_, stored, _ in rows:
        texts = renderings[id_].html_by_path if id_ in renderings else {}
        keys[id_] = key_with_new_html(CaseKey.from_json(stored), texts)
    return keys


def _select_keys_with_texts(revision_ids: Collection[int]) -> sa.Select[Any]:
    """Select keys with their HTML from this version of the renderer, if there is any."""
    is_current = (
        KeyRendering.content_hash == Revision.content_hash,
        KeyRendering.version == load_renderer_version(),
    )
    return (
        select(CaseKeyRow.revision_id, CaseKeyRow.key, KeyRendering)
        .join(Revision, Revision.id == CaseKeyRow.revision_id)
        .outerjoin(KeyRendering, sa.and_(*is_current))
        .where(CaseKeyRow.revision_id.in_(revision_ids))
    )


_practice: LruCache[int, CaseKey] = LruCache(256)


def find_practice_keys(session: Session, revision_ids: Collection[int]) -> dict[int, CaseKey]:
    """Return the keys of practice cases for reading; cached."""
    keys = {id_: key for id_ in revision_ids if (key := _practice.get(id_)) is not None}
    missing = set(revision_ids) - set(keys)
    if missing:
        for revision_id, key in find_rendered_keys(session, missing).items():
            keys[revision_id] = _practice.put(revision_id, key)
    return keys
