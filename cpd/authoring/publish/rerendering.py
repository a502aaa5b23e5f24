"""HTML of published texts: rendered where it is missing, and again by each new renderer version.

Markdown is rendered outside any write transaction; then a batch is written in one. Two processes
may do this at once: they would write the same, and the first row stays.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.authoring.files.texts import (
    BODY,
    Texts,
    extract_markdown_by_path,
    render_markdown_of_files,
)
from cpd.authoring.publish.models import Source
from cpd.content import frontmatter
from cpd.content.document import Rendered
from cpd.content.extract import CORRECTED, extract_boxes
from cpd.content.frontmatter import Fault, Path
from cpd.content.version import load_renderer_version
from cpd.courses.models import Document, Revision
from cpd.courses.renderings import Rendering
from cpd.db import db, insert_if_absent, unit_of_work
from cpd.quizzes.keys import KeyRendering

BATCH = 100
KEPT_FOR = timedelta(days=30)
"""How long HTML of other renderer versions is kept: the previous release may still be running."""
UNIQUE = ("content_hash", "version")


def store_rendered_texts(
    session: Session, texts_by_hash: Mapping[str, Texts], *, now: datetime
) -> None:
    """Store rendered texts by content hash, unless they are stored already."""
    rows = [_build_rendering_row(hash_, texts, now) for hash_, texts in texts_by_hash.items()]
    key_rows = [
        _build_key_rendering_row(hash_, texts, now) for hash_, texts in texts_by_hash.items()
    ]
    insert_if_absent(session, Rendering, rows, by=UNIQUE)
    insert_if_absent(session, KeyRendering, [row for row in key_rows if row["texts"]], by=UNIQUE)


def find_rendered_texts(session: Session, hashes: Collection[str]) -> dict[str, Texts]:
    """Return texts that this version of the renderer has rendered before, by content hash."""
    texts_by_hash: dict[str, Texts] = {}
    is_wanted = (
        Rendering.content_hash.in_(hashes),
        Rendering.version == load_renderer_version(),
    )
    keys = sa.and_(
        KeyRendering.content_hash == Rendering.content_hash,
        KeyRendering.version == Rendering.version,
    )
    for row, hidden in session.execute(
        sa.select(Rendering, KeyRendering.texts).outerjoin(KeyRendering, keys).where(*is_wanted)
    ):
        body = Rendered.from_json({**row.found, "html": row.html})
        stored = {**row.texts, **(hidden or {})}
        values = {
            _parse_value_path(name): Rendered.from_json(text) for name, text in stored.items()
        }
        texts_by_hash[row.content_hash] = Texts(body, values)
    return texts_by_hash


def rerender_published_texts(*, now: datetime) -> int:
    """Render every published text that has no HTML of this version yet; returns the number.

    HTML of other versions is deleted once this one has been in use for a while. If the renderer
    gives up on a text, the next start retries it.
    """
    count, last = 0, 0
    while batch := _find_next_unrendered_sources(db.session(), after=last):
        rendered = _render_sources(batch)
        with unit_of_work() as session:
            texts = {row.content_hash: rendered[row.id] for row in batch if row.id in rendered}
            store_rendered_texts(session, texts, now=now)
        count, last = count + len(rendered), batch[-1].id
    _delete_old_renderings(now)
    return count


def render_revisions_without_storing(
    session: Session, revision_ids: Collection[int]
) -> dict[int, Rendering]:
    """Render revisions that have no stored HTML, for one page; the next start stores it."""
    rows = _find_sources_of_revisions(session, revision_ids)
    return {
        id_: Rendering(**_build_rendering_row(hash_, texts, at))
        for id_, hash_, at, texts in _render_dated_texts(rows)
    }


def render_keys_without_storing(
    session: Session, revision_ids: Collection[int]
) -> dict[int, KeyRendering]:
    """Render the keys of revisions that have no stored HTML, for one page."""
    rows = _find_sources_of_revisions(session, revision_ids)
    return {
        id_: KeyRendering(**_build_key_rendering_row(hash_, texts, at))
        for id_, hash_, at, texts in _render_dated_texts(rows)
    }


def _render_dated_texts(rows: Sequence[sa.Row[Any]]) -> Iterable[tuple[int, str, datetime, Texts]]:
    rendered = _render_sources(rows)
    return [
        (row.id, row.content_hash, row.published_at, rendered[row.id])
        for row in rows
        if row.id in rendered
    ]


def _select_published_sources() -> sa.Select[Any]:
    """Select every published text with its source."""
    columns: tuple[Any, ...] = (
        *(Revision.id, Revision.content_hash, Revision.published_at),
        *(Document.type, Source.path, Source.text),
        Revision.body_with_lists_expression().label("body_with_lists"),
    )
    return (
        sa.select(*columns)
        .select_from(Revision)
        .join(Revision.document)
        .join(Source, Source.revision_id == Revision.id)
        .order_by(Revision.id)
    )


def _find_next_unrendered_sources(session: Session, *, after: int) -> Sequence[sa.Row[Any]]:
    """Return the next revisions that this version of the renderer has not rendered."""
    is_rendered = sa.exists().where(
        Rendering.content_hash == Revision.content_hash,
        Rendering.version == load_renderer_version(),
    )
    unrendered = _select_published_sources().where(Revision.id > after, ~is_rendered).limit(BATCH)
    return session.execute(unrendered).all()


def _find_sources_of_revisions(
    session: Session, revision_ids: Collection[int]
) -> Sequence[sa.Row[Any]]:
    return session.execute(_select_published_sources().where(Revision.id.in_(revision_ids))).all()


def _render_sources(rows: Sequence[sa.Row[Any]]) -> dict[int, Texts]:
    """Render sources, by revision id; those on which the renderer gave up are missing."""
    texts = render_markdown_of_files(
        [
            _extract_markdown_of_source(row.type, row.path, row.text, row.body_with_lists)
            for row in rows
        ]
    )
    return {
        row.id: text
        for row, text in zip(rows, texts, strict=True)
        if not text.was_rendering_stopped
    }


def _extract_markdown_of_source(
    type_: str, path: str, text: str, body_with_lists: str | None = None
) -> dict[Path, str]:
    """Return the Markdown of a stored source, even one that the current parser would reject.

    A body that includes lists is stored with them, as they were when it was published.
    """
    source = frontmatter.parse_front_matter(path, text)
    if isinstance(source, Fault):
        return {BODY: body_with_lists or text.partition("\n---\n")[2]}
    return extract_markdown_by_path(type_, source.data, body_with_lists or source.body)


def _delete_old_renderings(now: datetime) -> None:
    ours = sa.select(sa.func.min(Rendering.made_at)).where(
        Rendering.version == load_renderer_version()
    )
    since = db.session().scalar(ours)
    if since is None or since > now - KEPT_FOR:
        return
    with unit_of_work() as session:
        for table in (Rendering, KeyRendering):
            session.execute(sa.delete(table).where(table.version != load_renderer_version()))


def _build_rendering_row(content_hash: str, texts: Texts, now: datetime) -> dict[str, Any]:
    findings = texts.body.to_json()
    html = findings.pop("html")
    findings[CORRECTED] = [
        {"anchor": box.anchor, "html": box.html}
        for box in extract_boxes(texts.body.html, CORRECTED)
    ]
    return {
        "content_hash": content_hash,
        "version": load_renderer_version(),
        "made_at": now,
        "found": findings,
        "texts": _build_key_or_visible_texts(texts, is_hidden=False),
        "html": html,
    }


def _build_key_rendering_row(content_hash: str, texts: Texts, now: datetime) -> dict[str, Any]:
    return {
        "content_hash": content_hash,
        "version": load_renderer_version(),
        "made_at": now,
        "texts": _build_key_or_visible_texts(texts, is_hidden=True),
    }


def _build_key_or_visible_texts(texts: Texts, *, is_hidden: bool) -> dict[str, Any]:
    """Return the values that belong to the key, or those that learners may see before answering."""
    return {
        "/".join(map(str, path)): value.to_json()
        for path, value in texts.values.items()
        if (path[-1] != "facts") == is_hidden
    }


def _parse_value_path(name: str) -> Path:
    return tuple(int(part) if part.isdecimal() else part for part in name.split("/"))
