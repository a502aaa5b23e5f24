"""Including lists of signs in the files that name them, before anything is hashed or rendered.

`![](list:stroke)` alone on a line becomes the list. Within a line, `[signs:stroke]` becomes its
signs, `[list:stroke]` their short wordings, and `[say:stroke]` what to say on the phone. Among the
signs of a card, `list:stroke` becomes one line for each sign.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from cpd.authoring.files.list_uses import (
    BLOCK,
    INCLUDING_TYPES,
    INLINE,
    SIGN,
    ListUse,
)
from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.sign_list import SignListFile
from cpd.content.frontmatter import Fault, Value
from cpd.content.schema_faults import build_schema_faults

Lists = Mapping[str, SignListFile]


@dataclass(frozen=True)
class _Includer:
    """Includes lists in one document."""

    lists: Lists

    def include_in_body(self, body: str) -> str:
        """Return the Markdown with its lists; unknown ones leave nothing, and are faults."""
        return self._include_in_line(BLOCK.sub(self._build_items, body), with_citations=True)

    def include_in_value(self, value: Value) -> Value:
        """Return a value of the front matter, which is plain text, with its lists."""
        if isinstance(value, str):
            return self._include_in_line(value, with_citations=False)
        if isinstance(value, dict):
            return {key: self.include_in_value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [line for inner in value for line in self._build_lines(inner)]
        return value

    def _build_items(self, match: re.Match[str]) -> str:
        found = self.lists.get(match["slug"])
        signs = found.signs if found else ()
        return "\n".join(f"{match['before']}- {sign.markdown}" for sign in signs)

    def _include_in_line(self, text: str, *, with_citations: bool) -> str:
        def build_words(match: re.Match[str]) -> str:
            found = self.lists.get(match["slug"])
            if found is None:
                return ""
            if match["form"] == "signs":
                return found.format_as_part_of_sentence(with_citations=with_citations)
            return found.short_wordings if match["form"] == "list" else found.say or ""

        return INLINE.sub(build_words, text)

    def _build_lines(self, value: Value) -> Iterator[Value]:
        match = SIGN.fullmatch(value) if isinstance(value, str) else None
        found = self.lists.get(match["slug"]) if match else None
        if found is None:
            yield self.include_in_value(value)
        else:
            yield from (sign.sign[0].upper() + sign.sign[1:] for sign in found.signs)


def include_lists(part: CoursePart[Any], lists: Lists) -> CoursePart[Any] | tuple[Fault, ...]:
    """Return a part with the lists it names, or the faults that its file then has."""
    uses = part.list_uses
    if part.type not in INCLUDING_TYPES or not uses:
        return part
    includer, source = _Includer(lists), part.source
    data = {key: includer.include_in_value(value) for key, value in source.data.items()}
    if part.type == "hazard":
        data["references"] = _merge_references(part.file.references, uses, lists)
    whole = replace(source, data=data, body=includer.include_in_body(source.body))
    try:
        file = type(part.file).model_validate(data)
    except ValidationError as error:
        return tuple(build_schema_faults(error, type(part.file), whole))
    return replace(part, file=file, source=whole, written=source)


def _merge_references(own: list[str], uses: tuple[ListUse, ...], lists: Lists) -> list[Value]:
    """Return the references of a card, then those of the lists among its signs."""
    included = [
        lists[use.slug] for use in uses if use.path and use.path[0] == "signs" and use.slug in lists
    ]
    return list(dict.fromkeys([*own, *(key for one in included for key in one.references)]))
