"""glossary.md: the terms of the course, each with the section that explains it."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from cpd.content.file_schema import FileModel, Line, Slug, Title, build_schema_error


class Term(FileModel):
    """One word or phrase, in one plain sentence."""

    id: Slug
    term: Line
    meaning: Line
    section: Slug
    """The section that explains it, where it is set in bold."""


def _refuse_bad_terms(values: list[Term]) -> list[Term]:
    for name in ("id", "term"):
        seen: set[str] = set()
        for value in values:
            text = getattr(value, name).casefold()
            if text in seen:
                raise build_schema_error(f"'{text}' appears twice.", "Keep one of the two.")
            seen.add(text)
    if not values:
        raise build_schema_error("The glossary has no term.", "Add one, or remove the file.")
    return values


class GlossaryFile(FileModel):
    """The front matter of glossary.md; an optional body comes above the list."""

    id: Literal["glossary"]
    title: Title
    terms: Annotated[list[Term], AfterValidator(_refuse_bad_terms)]
