"""What a course revision is made of, with the HTML that other pages show; cached."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.cases.scales import Pool
from cpd.content.extract import CORRECTED
from cpd.content.languages import mark_language, mark_text
from cpd.courses import renderings
from cpd.courses.models import Document, DocumentType, Revision, RevisionPart
from cpd.courses.renderings import Rendering
from cpd.courses.rules import reviewing
from cpd.courses.rules.fronts.course import CourseFront
from cpd.courses.rules.fronts.exam import ExamPolicy, parse_standard_setting
from cpd.courses.rules.fronts.parts import (
    CaseListing,
    FigureFront,
    GlossaryFront,
    HazardFront,
    SectionFront,
    ToolFront,
    build_front_with_corrections,
    does_part_correct_source,
)
from cpd.courses.rules.fronts.reference import ReferenceFront
from cpd.courses.rules.outline import (
    CoursePart,
    ExamPart,
    FigurePart,
    GlossaryPart,
    HazardPart,
    Outline,
    Part,
    PartType,
    ReferencePart,
    SectionPart,
    ToolPart,
)
from cpd.kernel.memory import LruCache

_outlines: LruCache[str, Outline] = LruCache(64)
"""By the public id of the revision."""


def load_outline(session: Session, revision: Revision) -> Outline:
    """Return what a course revision is made of; cached, because it never changes."""
    return load_outlines(session, [revision])[revision.id]


def load_outlines(session: Session, revisions: Iterable[Revision]) -> dict[int, Outline]:
    """Return the outline of each course revision by its id, with one query at most."""
    wanted = {revision.id: revision for revision in revisions}
    outlines = {
        id_: cached
        for id_, revision in wanted.items()
        if (cached := _outlines.get(revision.public_id)) is not None
    }
    uncached = [revision for id_, revision in wanted.items() if id_ not in outlines]
    if uncached:
        built, is_whole = _load_uncached_outlines(session, uncached)
        outlines |= built
        if is_whole:
            for revision in uncached:
                _outlines.put(revision.public_id, built[revision.id])
    return outlines


def _load_uncached_outlines(
    session: Session, revisions: Sequence[Revision]
) -> tuple[dict[int, Outline], bool]:
    """Return outlines by revision id, and whether every text is there.

    Inside a unit of work nothing is rendered, so an outline may lack texts and is not cached.
    """
    rows = session.execute(
        _select_course_parts(), {"courses": [revision.id for revision in revisions]}
    ).all()
    lacking = {row.id: None for row in rows if _row_lacks_html(row)}
    rendered = renderings.render_missing_texts(session, lacking)
    parts: dict[int, dict[DocumentType, list[_UnparsedPart]]] = {
        revision.id: {kind: [] for kind in DocumentType} for revision in revisions
    }
    for row in rows:
        parts[row.course_id][row.type].append(_build_unparsed_part(row, rendered.get(row.id)))
    built = {course: _build_outline(of_course) for course, of_course in parts.items()}
    return built, rendered.keys() == lacking.keys()


@cache
def _select_course_parts() -> sa.CompoundSelect[Any]:
    """Select what the versions of some `courses` are made of: each itself, then its parts."""
    shown = Document.type.in_((DocumentType.COURSE, DocumentType.FIGURE))
    courses: sa.BindParameter[Any] = sa.bindparam("courses", expanding=True)

    def select_part_columns(of: Any, position: Any) -> sa.Select[Any]:
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
            .outerjoin(Rendering, renderings.current_rendering_condition())
        )

    itself = select_part_columns(Revision.id, sa.literal(0)).where(Revision.id.in_(courses))
    part_of = select_part_columns(RevisionPart.course_revision_id, RevisionPart.position)
    part_of = part_of.join(RevisionPart, RevisionPart.part_id == Revision.id)
    part_of = part_of.where(RevisionPart.course_revision_id.in_(courses))
    return itself.union_all(part_of).order_by("position")


def _row_lacks_html(row: sa.Row[Any]) -> bool:
    """Tell whether the outline needs HTML of a part that has not been rendered yet."""
    is_shown = row.type in (DocumentType.COURSE, DocumentType.FIGURE)
    return (is_shown or does_part_correct_source(row.front)) and not row.is_rendered


@dataclass(frozen=True)
class _UnparsedPart:
    """A part as it is read from the database."""

    front: Mapping[str, Any]
    columns: Mapping[str, Any]
    """What every `Part` has."""


def _build_unparsed_part(row: sa.Row[Any], rendering: Rendering | None) -> _UnparsedPart:
    return _UnparsedPart(
        front=build_front_with_corrections(
            row.front, rendering.found[CORRECTED] if rendering else row.corrected
        ),
        columns={
            "revision_id": row.id,
            "document_id": row.document_id,
            "public_id": row.public_id,
            "slug": row.slug,
            "title": row.title,
            "words": row.words,
            "html": (rendering.html if rendering else row.html) or "",
            "content_hash": row.content_hash,
        },
    )


def _build_outline(rows: Mapping[DocumentType, Sequence[_UnparsedPart]]) -> Outline:
    course, exam = rows[DocumentType.COURSE][0], rows[DocumentType.EXAM][0]
    front = CourseFront.from_json(course.front)
    sections = _build_parts(rows[DocumentType.SECTION], SectionPart, SectionFront.from_json)
    glossaries = _build_parts(rows[DocumentType.GLOSSARY], GlossaryPart, GlossaryFront.from_json)
    practice, has_open_case = _group_practice_cases_by_section(
        front.sections, rows[DocumentType.CASE]
    )
    outline = Outline(
        course=CoursePart(**course.columns, front=front),
        exam=ExamPart(
            **exam.columns,
            policy=ExamPolicy.from_json(exam.front),
            standard_setting=parse_standard_setting(exam.front),
        ),
        sections=tuple(sorted(sections, key=lambda section: front.sections.index(section.slug))),
        practice=practice,
        has_open_case=has_open_case,
        hazards=_build_parts(rows[DocumentType.HAZARD], HazardPart, HazardFront.from_json),
        tools=_build_parts(rows[DocumentType.TOOL], ToolPart, ToolFront.from_json),
        figures=_build_parts(
            rows[DocumentType.FIGURE], FigurePart, _parse_figure_front_without_picture
        ),
        glossary=next(iter(glossaries), None),
        texts_to_review=reviewing.list_texts_to_review(
            (type_, part.columns["slug"], part.columns["content_hash"])
            for type_, parts in rows.items()
            for part in parts
        ),
    )
    return replace(
        mark_language(outline, front.language),
        references=tuple(
            _mark_note_on_source(source, front.language)
            for source in _build_parts(
                rows[DocumentType.REFERENCE], ReferencePart, ReferenceFront.from_json
            )
        ),
    )


def _mark_note_on_source(source: ReferencePart, language: str) -> ReferencePart:
    """Mark what the course says about a source; its own title may be in any language."""
    note = mark_text(source.front.note, language)
    return replace(source, front=replace(source.front, note=note))


def _build_parts(
    rows: Iterable[_UnparsedPart],
    part: Callable[..., PartType],
    read: Callable[[Mapping[str, Any]], Any],
) -> tuple[PartType, ...]:
    """Return rows as parts of one type, whose fronts `read` parses."""
    return tuple(part(**row.columns, front=read(row.front)) for row in rows)


def _parse_figure_front_without_picture(data: Mapping[str, Any]) -> FigureFront:
    """Read the front of a figure and drop its picture, which is too large to cache."""
    return replace(FigureFront.from_json(data), svg="")


def _group_practice_cases_by_section(
    sections: Iterable[str], rows: Iterable[_UnparsedPart]
) -> tuple[dict[str, tuple[Part, ...]], bool]:
    """Return the practice cases by section, and whether anyone may decide one of the cases."""
    listed = [(CaseListing.from_json(row.front), Part(**row.columns)) for row in rows]
    practice = {
        section: tuple(
            part for case, part in listed if case.pool is Pool.PRACTICE and case.section == section
        )
        for section in sections
    }
    return practice, any(case.is_open for case, _ in listed)
