"""Where a file names a list of signs: `![](list:stroke)`, or `[signs:stroke]` within a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cpd.authoring.files.texts import iterate_front_matter_texts
from cpd.content.frontmatter import FrontMatter, Path

INCLUDING_TYPES = ("section", "hazard", "tool", "figure")
"""The types of documents that may include lists."""
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
BLOCK = re.compile(rf"^(?P<before>[ >]*)!\[\]\(list:(?P<slug>{_SLUG})\)[ \t]*$", re.MULTILINE)
"""A whole list, alone on its line."""
INLINE = re.compile(rf"\[(?P<form>list|signs|say):(?P<slug>{_SLUG})\]")
"""Within a line: the signs, their short wordings (`list`), or what to say on the phone."""
SIGN = re.compile(rf"list:(?P<slug>{_SLUG})")
"""A list among the signs of a card."""
_ANY = re.compile(rf"!\[[^\]]*\]\(list:(?P<picture>{_SLUG})\)|{INLINE.pattern}")


@dataclass(frozen=True)
class ListUse:
    """A place in a file that names a list."""

    slug: str
    form: str
    """`list` or `signs` for its signs, `say` for what to say on the phone."""
    path: Path | None
    """The value that names it; None for the body."""
    needle: str
    """As it is written there."""


def find_list_uses(source: FrontMatter) -> Iterator[ListUse]:
    """Yield each place of a file, as written, that names a list."""
    for path, text in iterate_front_matter_texts(source.data):
        if path[0] == "signs" and (match := SIGN.fullmatch(text)):
            yield ListUse(match["slug"], "list", path, match.group())
        yield from _find_uses_in_text(text, path)
    yield from _find_uses_in_text(source.body, None)


def _find_uses_in_text(text: str, path: Path | None) -> Iterator[ListUse]:
    for match in _ANY.finditer(text):
        slug = match["picture"] or match["slug"]
        yield ListUse(slug, match["form"] or "list", path, match.group())


def remove_list_uses(text: str) -> str:
    """Return a text as written without the places that name a list."""
    return _ANY.sub(" ", text)
