"""What a course revision is made of, with the HTML that stands in other pages; remembered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.content.extract import CORRECTED
from cpd.courses import renderings
from cpd.courses.models import Document, DocumentType, Revision, RevisionPart
from cpd.courses.renderings import Rendering
from cpd.courses.rules.outline import Outline, Part
from cpd.kernel.memory import LruCache

_outlines: LruCache[str, Outline] = LruCache(64)
"""By the public id of the revision."""


def outline(session: Session, revision: Revision) -> Outline:
    """Return what a course revision is made of; remembered, because it never changes."""
    return outlines(session, [revision])[revision.id]


def outlines(session: Session, revisions: Iterable[Revision]) -> dict[int, Outline]:
    """Return the outline of each course revision by its id, with one query at most."""
    wanted = {one.id: one for one in revisions}
    found = {
        id_: known
        for id_, one in wanted.items()
        if (known := _outlines.get(one.public_id)) is not None
    }
    unknown = [one for id_, one in wanted.items() if id_ not in found]
    if unknown:
        made, is_whole = _build_outlines(session, unknown)
        found |= made
        if is_whole:
            for one in unknown:
                _outlines.put(one.public_id, made[one.id])
    return found


def _build_outlines(
    session: Session, revisions: Sequence[Revision]
) -> tuple[dict[int, Outline], bool]:
    """Return outlines by revision id, and whether every text is there.

    Inside a unit of work nothing is rendered, so an outline may lack texts and is not remembered.
    """
    rows = session.execute(_parts(), {"courses": [one.id for one in revisions]}).all()
    lacking = {row.id: None for row in rows if _lacks_text(row)}
    made = renderings.completed(session, lacking)
    parts: dict[int, dict[DocumentType, list[Part]]] = {
        one.id: {kind: [] for kind in DocumentType} for one in revisions
    }
    for row in rows:
        parts[row.course_id][row.type].append(_part(row, made.get(row.id)))
    built = {one.id: _outline_of(one, parts[one.id]) for one in revisions}
    return built, made.keys() == lacking.keys()


@cache
def _parts() -> sa.CompoundSelect[Any]:
    """Select what the versions of some `courses` are made of: each itself, then its parts."""
    shown = Document.type.in_((DocumentType.COURSE, DocumentType.FIGURE))
    courses: sa.BindParameter[Any] = sa.bindparam("courses", expanding=True)

    def columns(of: Any, position: Any) -> sa.Select[Any]:
        return (
            sa.select(
                of.label("course_id"),
                position.label("position"),
                Document.type,
                Document.id.label("document_id"),
                Document.slug,
                Revision.id,
                Revision.public_id,
                Revision.title,
                Revision.words,
                Revision.front,
                Revision.content_hash,
                Rendering.version.is_not(None).label("is_rendered"),
                Rendering.found[CORRECTED].label("corrected"),
                sa.case((shown, Rendering.html), else_="").label("html"),
            )
            .select_from(Revision)
            .join(Revision.document)
            .outerjoin(Rendering, renderings.of_this_version())
        )

    itself = columns(Revision.id, sa.literal(0)).where(Revision.id.in_(courses))
    part_of = columns(RevisionPart.course_revision_id, RevisionPart.position)
    part_of = part_of.join(RevisionPart, RevisionPart.part_id == Revision.id)
    part_of = part_of.where(RevisionPart.course_revision_id.in_(courses))
    return itself.union_all(part_of).order_by("position")


def _lacks_text(row: sa.Row[Any]) -> bool:
    """Tell whether the outline needs HTML of a part that has not been rendered yet."""
    is_needed = row.type in (DocumentType.COURSE, DocumentType.FIGURE) or row.front.get(CORRECTED)
    return bool(is_needed) and not row.is_rendered


def _part(row: sa.Row[Any], made: Rendering | None) -> Part:
    front = {name: value for name, value in row.front.items() if name != "svg"}
    if CORRECTED in front:
        front[CORRECTED] = made.found[CORRECTED] if made else row.corrected
    return Part(
        revision_id=row.id,
        document_id=row.document_id,
        public_id=row.public_id,
        slug=row.slug,
        title=row.title,
        words=row.words,
        front=front,
        html=(made.html if made else row.html) or "",
        content_hash=row.content_hash,
    )


def _outline_of(revision: Revision, parts: Mapping[DocumentType, Sequence[Part]]) -> Outline:
    order = list(revision.front["sections"])
    practice: dict[str, list[Part]] = {slug: [] for slug in order}
    for case in parts[DocumentType.CASE]:
        if case.front["pool"] == "practice":
            bare = replace(case, front={})
            practice[case.front["section"]].append(bare)
    (course,), (exam,) = parts[DocumentType.COURSE], parts[DocumentType.EXAM]
    return Outline(
        course=course,
        exam=exam,
        sections=tuple(
            sorted(parts[DocumentType.SECTION], key=lambda part: order.index(part.slug))
        ),
        practice={slug: tuple(cases) for slug, cases in practice.items()},
        has_open_case=any(case.front["open"] for case in parts[DocumentType.CASE]),
        hazards=tuple(parts[DocumentType.HAZARD]),
        tools=tuple(parts[DocumentType.TOOL]),
        figures=tuple(parts[DocumentType.FIGURE]),
        references=tuple(parts[DocumentType.REFERENCE]),
        glossary=next(iter(parts[DocumentType.GLOSSARY]), None),
    )
