"""Published texts as HTML: derived from their sources, and never part of a revision.

A row belongs to a text, by its content hash, and to the version of the renderer that made it. A new
version of the renderer makes all rows again, so that a fixed sanitizer reaches every page, no
matter when its text was published.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from cpd.content.version import load_renderer_version
from cpd.courses.models import Revision
from cpd.db import Base, is_in_unit_of_work
from cpd.joints.questions import Question


class RenderedTexts:
    """The columns of a table of texts as HTML: what was rendered, and by which renderer."""

    content_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """The version of the renderer."""
    made_at: Mapped[datetime]
    texts: Mapped[dict[str, Any]]
    """By their path, such as `steps/1/facts` or `steps/0/options/proceed/rationale`."""

    @property
    def html_by_path(self) -> dict[str, str]:
        """The HTML of the texts, by path."""
        return {path: text["html"] for path, text in self.texts.items()}


class Rendering(RenderedTexts, Base):
    """One text as HTML, with everything that may be seen before anything is answered."""

    __tablename__ = "renderings"

    found: Mapped[dict[str, Any]]
    """What else the renderer found in the body: words, headings, sources and boxes."""
    html: Mapped[str] = mapped_column(sa.Text)
    """The body; `texts` are those of the front matter."""


make: Question[[Session, Collection[int]], Mapping[int, Rendering]] = Question(
    "courses.make_renderings"
)
"""Renders revisions, by id, that have no row; the authoring room answers: it has the sources."""


_VERSION: sa.BindParameter[str] = sa.bindparam("renderer", callable_=load_renderer_version)
"""Read when a statement runs, because some statements are built once and cached."""


def current_rendering_condition() -> sa.ColumnElement[bool]:
    """Return the clause of the outer join from a revision to its HTML."""
    return sa.and_(Rendering.content_hash == Revision.content_hash, Rendering.version == _VERSION)


def render_missing_texts(
    session: Session, stored: Mapping[int, Rendering | None]
) -> dict[int, Rendering]:
    """Return renderings by revision id; those without a row are made now.

    While the write transaction is open nothing is rendered, so some may be missing then.
    """
    rows = {id_: row for id_, row in stored.items() if row is not None}
    missing = stored.keys() - rows.keys()
    return rows if not missing or is_in_unit_of_work() else {**rows, **make(session, missing)}


def find_html_of_revisions(session: Session, revision_ids: Collection[int]) -> dict[int, str]:
    """Return the HTML of revisions, by their ids."""
    html: Any = Rendering.html  # none where there is no row
    wanted = (
        sa.select(Revision.id, html)
        .select_from(Revision)
        .outerjoin(Rendering, current_rendering_condition())
        .where(Revision.id.in_(revision_ids))
    )
    rows = session.execute(wanted).all()
    rendered = render_missing_texts(session, {id_: None for id_, html in rows if html is None})
    return {id_: rendered[id_].html if html is None else html for id_, html in rows}
