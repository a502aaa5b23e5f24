"""Building what is sent for review from the text of a draft; outside any write transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.authoring.drafts.models import Draft
from cpd.authoring.drafts.queries import load_course_with_draft
from cpd.authoring.drafts.rules.saving import hash_text
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.part import BuiltCase
from cpd.authoring.review.rules.keys import hash_case_key
from cpd.authoring.sources.loading import Loaded
from cpd.cases.key import CaseKey
from cpd.content.frontmatter import Fault
from cpd.courses.models import DocumentType
from cpd.kernel.canonical import Json


@dataclass(frozen=True)
class PreparedText:
    """The text of a draft, and its case in two parts, ready to be stored."""

    draft_id: int
    text: str
    text_hash: str
    key_hash: str
    front: Json
    key: Json


def prepare_text_or_faults(session: Session, draft: Draft) -> PreparedText | Sequence[Fault]:
    """Return what reviewers of a draft are sent, or the faults that must be mended before.

    A file that needs others which are drafts too, as in a new course, is sent as it is with them.
    """
    loaded = load_course_with_draft(session, draft)
    faults = _pick_faults(loaded, draft)
    if faults or loaded.bundle is None:
        return faults or loaded.faults
    return build_prepared_text(loaded.bundle, draft.path, draft.text, draft_id=draft.id)


def build_prepared_text(bundle: Bundle, path: str, text: str, *, draft_id: int) -> PreparedText:
    """Return what reviewers of a file of a course are sent."""
    built, text_hash = _find_built_case(bundle, path), hash_text(text)
    if built is None:
        return PreparedText(draft_id, text, text_hash, text_hash, {}, {})
    return PreparedText(
        draft_id=draft_id,
        text=text,
        text_hash=text_hash,
        key_hash=hash_case_key(built.front, built.key),
        front=built.front.to_json(),
        key={**built.key.to_json(), "sources": _build_sources(bundle, built.key)},
    )


def _pick_faults(loaded: Loaded, draft: Draft) -> list[Fault]:
    return [fault for fault in loaded.faults if fault.file == draft.path]


def _find_built_case(bundle: Bundle, path: str) -> BuiltCase | None:
    part = next((part for part in bundle.course_and_parts if part.path == path), None)
    is_case = part is not None and part.type == DocumentType.CASE
    return bundle.built.get(part.slug) if part is not None and is_case else None


def _build_sources(bundle: Bundle, key: CaseKey) -> list[Json]:
    """Return the references that a key cites, as they are printed."""
    cited = {cite for step in key.steps for option in step.options for cite in option.cites}
    return [part.revision_data for part in bundle.references if part.slug in cited]
