"""What the index says about the text of a case, even one that has faults."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.texts import extract_markdown_by_path
from cpd.authoring.indexing.models import join_values
from cpd.authoring.indexing.rules.words import join_search_words
from cpd.authoring.sources.parsing import ParsedFiles
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import InvalidKeyError
from cpd.content.document import Rendered, SafeHtml

_CITATION = re.compile(r"\[@[^\]]*\]")
_CITED = re.compile(r"@([a-z0-9-]+)")
_LONGEST_TITLE = 200
_SOME_REASON = Rendered(html=SafeHtml("<p>A reason.</p>"))
"""Stands for every rendered text: what it says changes no danger."""


def is_path_of_case(path: str) -> bool:
    """Tell whether a file of a course is a case."""
    return path.startswith("cases/") and path.endswith(".md")


def build_index_values(path: str, text: str) -> dict[str, Any]:
    """Return what the index stores about a text; of one with faults, its words and its sources."""
    slug = PurePosixPath(path).stem
    parsed = ParsedFiles()
    parsed.parse_and_add_file(path, text.encode())
    case: CoursePart[CaseFile] | None = parsed.parts[0] if parsed.parts else None
    steps = list(_build_step_keys(case)) if case else []
    file = case.file if case else None
    decisions = (step.right_decision for step in file.steps) if file else ()
    return {
        "slug": slug[:80],
        "path": path,
        "text_hash": hashlib.sha256(text.encode()).hexdigest(),
        "title": (file.title if file else slug)[:_LONGEST_TITLE],
        "kinds": join_values(step.kind for step in file.steps) if file else "",
        "decisions": join_values(decision.value for decision in decisions if decision),
        "dangers": join_values(option.danger.value for key in steps for option in key.options),
        "objectives": join_values(file.objectives) if file else "",
        "hazards": join_values(file.hazards) if file else "",
        "cites": join_values(
            key for found in _CITATION.findall(text) for key in _CITED.findall(found)
        ),
        "words": join_search_words(text),
    }


def _build_step_keys(case: CoursePart[CaseFile]) -> Iterator[StepKey]:
    """Yield the keys of the steps, without their texts; a step with a faulty key has none."""
    markdown = extract_markdown_by_path("case", case.source.data, case.source.body)
    for position, step in enumerate(case.file.steps):
        texts = {path[2:]: _SOME_REASON for path in markdown if path[:2] == ("steps", position)}
        try:
            yield step.build_key(texts)
        except InvalidKeyError:
            continue
