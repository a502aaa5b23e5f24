"""Sources by their number: what was pasted, checked for its form; nothing is fetched."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote

from cpd.authoring.files.reference import FIRST_YEAR, LAST_YEAR
from cpd.authoring.short.case_text import format_file
from cpd.authoring.short.rules.naming import build_slug, choose_free_slug
from cpd.content.frontmatter import Value

_FORMS = (
    ("doi", r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/[^\s\"<>]+)"),
    ("pmid", r"https?://pubmed\.ncbi\.nlm\.nih\.gov/([1-9][0-9]{0,8})/?"),
    ("pmid", r"(?:pmid:?\s*)?([1-9][0-9]{0,8})"),
    ("pmcid", r"(?:https?://\S+/)?(PMC[1-9][0-9]*)/?"),
    ("url", r"(https?://[^\s\"<>]+)"),
)
"""The key of a reference file, and the form of its value, in capitals or not."""
_TRAILING = ".,;)"


@dataclass(frozen=True)
class SourceNumber:
    """How a source can be found: the key of a reference file, and its value."""

    key: str
    value: str


def parse_source_number(text: str) -> SourceNumber | None:
    """Return the DOI, PMID, PMCID or address in what was pasted; None if it has none of them."""
    text = text.strip().rstrip(_TRAILING)
    for key, form in _FORMS:
        found = re.fullmatch(form, text, re.IGNORECASE)
        if found:
            value = unquote(found[1]) if key == "doi" else found[1]
            return SourceNumber(key, value.upper() if key == "pmcid" else value)
    return None


@dataclass(frozen=True)
class NewSource:
    """A source as an author describes it."""

    number: SourceNumber
    title: str
    where: str
    """The journal or the publisher."""
    type: str
    note: str
    authors: str = ""
    year: int | None = None


def build_reference_id(source: NewSource, taken: Collection[str]) -> str:
    """Return an id such as `brand-2022`, which no reference of the course has."""
    first = re.split(r"[\s,;]", source.authors.strip(), maxsplit=1)[0]
    words = first or " ".join(source.title.split()[:3])
    year = f" {source.year}" if source.year else ""
    return choose_free_slug(build_slug(words + year) or "source", taken)


def build_reference_text(reference_id: str, source: NewSource) -> str:
    """Return the file of a reference."""
    number: dict[str, Value] = {source.number.key: source.number.value}
    return format_file(
        {
            "id": reference_id,
            "authors": source.authors or None,
            "title": source.title,
            "source": source.where,
            "year": source.year,
            **number,
            "type": source.type,
            "note": source.note,
        }
    )


def is_year(value: int) -> bool:
    """Tell whether a number can be a year of publication."""
    return FIRST_YEAR <= value <= LAST_YEAR
