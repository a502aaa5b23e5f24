"""Lists of signs: each is known, used where it may be, and written out nowhere else."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cpd.authoring.checks.sign_wordings import Passage, SignWordings
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.list_uses import INCLUDING_TYPES, SIGN, remove_list_uses
from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.texts import iterate_front_matter_texts
from cpd.content.frontmatter import Fault, Path

_ITEM = re.compile(r"[-*] |[0-9]+\. |\|")
_QUOTED = re.compile(r"^[ >]*")
_CITATIONS_AND_ADDRESSES = re.compile(r"\[@[^\]]*\]|\]\([^)\s]*\)|\{#[^}]*\}")


def lists_known(bundle: Bundle) -> Iterator[Fault]:
    """Each list that a file names exists, and says what to say where a file asks for that."""
    silent = {part.slug for part in bundle.lists if part.file.say is None}
    for part in bundle.course_and_parts:
        for use in part.list_uses:
            if f"list:{use.slug}" not in bundle.named:
                message = f"There is no list '{use.slug}'."
                remedy = f"Write lists/{use.slug}.md, or correct the name."
                yield part.build_fault(use.path, message, remedy, use.needle)
            elif use.form == "say" and use.slug in silent:
                message = f"The list '{use.slug}' does not say what to say on the phone."
                yield part.build_fault(use.path, message, "Add 'say' to the list.", use.needle)


def lists_used(bundle: Bundle) -> Iterator[Fault]:
    """A list that nothing includes is not needed."""
    used = {use.slug for part in bundle.parts for use in part.list_uses if use.form != "say"}
    for part in bundle.lists:
        if part.slug not in used:
            yield part.build_fault(
                ("id",),
                "Nothing includes this list.",
                f"Write ![]({part.name}) where its signs belong, or remove it.",
            )


def lists_in_pages_only(bundle: Bundle) -> Iterator[Fault]:
    """Lists are included in sections, cards, tools and figures only, and never in a list."""
    for part in bundle.course_and_parts:
        for use in part.list_uses:
            if part.type not in INCLUDING_TYPES:
                message = f"The list '{use.slug}' cannot be included here."
                remedy = "Say it in words; sections, cards, tools and figures include lists."
                yield part.build_fault(use.path, message, remedy, use.needle)


def lists_under_their_decision(bundle: Bundle) -> Iterator[Fault]:
    """A card has each list under the decision that its signs call for."""
    decisions = {part.slug: part.file.decision for part in bundle.lists}
    for card in bundle.hazards:
        for use in card.list_uses:
            if use.path and use.path[0] == "signs":
                right = decisions.get(use.slug, use.path[1])
                if right != use.path[1]:
                    message = f"The list '{use.slug}' calls for '{right}', not '{use.path[1]}'."
                    yield card.build_fault(use.path, message, f"Put it under '{right}'.")


def lists_written_once(bundle: Bundle) -> Iterator[Fault]:
    """No page writes out a list, or much of one, in words of its own."""
    wordings = [(listed, SignWordings.of(listed.file)) for listed in bundle.lists]
    for part in bundle.parts:
        if wordings and part.type in INCLUDING_TYPES:
            for path, passage in _passages_as_written(part):
                for listed, signs in wordings:
                    if passage.writes_out(signs):
                        yield part.build_fault(
                            path,
                            f"This writes out signs of the list '{listed.slug}'.",
                            f"Include the list: ![]({listed.name}) on a line of its own, or "
                            f"[signs:{listed.slug}] in a sentence.",
                            passage.first_line,
                        )


def _passages_as_written(part: CoursePart[Any]) -> Iterator[tuple[Path | None, Passage]]:
    """Yield what a file says in its own words: paragraphs, lists, tables, and lines of a card."""
    source = part.written or part.source
    if part.type == "hazard":
        for decision in part.file.signs:
            lines = [
                text
                for path, text in iterate_front_matter_texts(source.data["signs"])
                if path[0] == decision
            ]
            yield ("signs", decision), Passage(tuple(map(_extract_own_words, lines)), "")
        for key in ("rule", "say", "tell"):
            yield (key,), Passage((_extract_own_words(str(source.data[key])),), "")
    yield from ((None, passage) for passage in split_into_passages(source.body))


@lru_cache(maxsize=256)
def split_into_passages(body: str) -> tuple[Passage, ...]:
    """Return the passages of a Markdown text: a paragraph is one, and so is a list or a table."""
    return tuple(_iterate_passages(body))


def _iterate_passages(body: str) -> Iterator[Passage]:
    lines: list[str] = []
    for line in [*body.splitlines(), ""]:
        text = _QUOTED.sub("", line)
        starts_other = bool(lines) and bool(_ITEM.match(text)) and not _ITEM.match(lines[0])
        if lines and (not text or starts_other):
            yield _build_passage(lines)
            lines = []
        if text:
            lines.append(text)


def _build_passage(lines: list[str]) -> Passage:
    """Return a passage; a line that does not begin an item continues the one before it."""
    units: list[str] = []
    for line in lines:
        if units and not _ITEM.match(line):
            units[-1] += f" {_extract_own_words(line)}"
        else:
            units.append(_extract_own_words(line))
    return Passage(tuple(units), lines[0])


def _extract_own_words(text: str) -> str:
    """Return a text without citations, addresses and the lists that it includes."""
    whole = SIGN.fullmatch(text)
    return "" if whole else _CITATIONS_AND_ADDRESSES.sub(" ", remove_list_uses(text))
