"""Lists of signs: each is known, used where it may be, and written out nowhere else."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from cpd.authoring.checks.sign_wordings import Passage, SignWordings
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.list_uses import INCLUDING_TYPES, SIGN, remove_list_uses
from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.sign_list import SignListFile
from cpd.authoring.files.texts import iterate_front_matter_texts
from cpd.content.frontmatter import Fault, FrontMatter, Path
from cpd.kernel.memory import LruCache

CACHED_BODIES = 700
"""How many texts are remembered with the lists that they write out."""
_wordings: LruCache[tuple[str, ...], tuple[SignWordings, ...]] = LruCache(4)
"""Of the lists of a course, by their texts."""
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
    wordings = _load_wordings(bundle.lists)
    for part in bundle.parts:
        if wordings and part.type in INCLUDING_TYPES:
            for path, place, first_line in _find_lists_written_out(part, wordings):
                listed = bundle.lists[place]
                yield part.build_fault(
                    path,
                    f"This writes out signs of the list '{listed.slug}'.",
                    f"Include the list: ![]({listed.name}) on a line of its own, or "
                    f"[signs:{listed.slug}] in a sentence.",
                    first_line,
                )


def _load_wordings(lists: Sequence[CoursePart[SignListFile]]) -> tuple[SignWordings, ...]:
    """Return the wordings of lists, the same ones for the same texts."""
    key = tuple(listed.text for listed in lists)
    return _wordings.get(key) or _wordings.put(
        key, tuple(SignWordings.of(listed.file) for listed in lists)
    )


def _find_lists_written_out(
    part: CoursePart[Any], wordings: tuple[SignWordings, ...]
) -> Iterator[tuple[Path | None, int, str]]:
    """Yield where a file writes out a list: the value, the place of the list, the first line."""
    source = part.written or part.source
    for path, passage in _passages_of_card(part, source):
        for place in _find_places_written_out(passage, wordings):
            yield path, place, passage.first_line
    for place, first_line in find_lists_in_body(source.body, wordings):
        yield None, place, first_line


@lru_cache(maxsize=CACHED_BODIES)
def find_lists_in_body(
    body: str, wordings: tuple[SignWordings, ...]
) -> tuple[tuple[int, str], ...]:
    """Return which lists a Markdown text writes out, each with the first line that does."""
    return tuple(
        (place, passage.first_line)
        for passage in split_into_passages(body)
        for place in _find_places_written_out(passage, wordings)
    )


def _find_places_written_out(passage: Passage, wordings: tuple[SignWordings, ...]) -> Iterator[int]:
    return (place for place, signs in enumerate(wordings) if passage.writes_out(signs))


def _passages_of_card(
    part: CoursePart[Any], source: FrontMatter
) -> Iterator[tuple[Path | None, Passage]]:
    """Yield what a card says in its own words: the signs of each decision, and its sentences."""
    if part.type == "hazard":
        for decision in part.file.signs:
            lines = tuple(
                text
                for path, text in iterate_front_matter_texts(source.data["signs"])
                if path[0] == decision
            )
            yield ("signs", decision), _build_passage_of_card(lines)
        for key in ("rule", "say", "tell"):
            yield (key,), _build_passage_of_card((str(source.data[key]),))


@lru_cache(maxsize=CACHED_BODIES)
def _build_passage_of_card(lines: tuple[str, ...]) -> Passage:
    return Passage(tuple(map(_extract_own_words, lines)))


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
