"""Right-to-left text, set character by character in the order of writing.

typst draws such a run from its left end, as it looks on paper, so programs that read in the order
of drawing get the words of a name backwards. Here each character gets the position at which typst
would have drawn it. A run in which the font joins or changes glyphs is left to typst.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

UNITS_PER_EM = 1000
"""The unit of all positions; texts are drawn at this size to be measured."""
MAX_WIDTH = 14 * UNITS_PER_EM
"""Wider runs are left to typst, because a run that is set here cannot be broken into lines."""

Drawer: TypeAlias = Callable[[Sequence[str]], Sequence[str]]
"""Draws each text as SVG on a page of its own, left to right, one em being `UNITS_PER_EM` points.
"""
PlacedCharacter: TypeAlias = tuple[str, int, int]
"""A character, and how far it is to the right of the start of its run and below it."""


@dataclass(frozen=True)
class Run:
    """A piece of text with the position of each character, in the order of writing."""

    width: int
    characters: tuple[PlacedCharacter, ...]


@dataclass(frozen=True)
class _PlacedGlyph:
    glyph: str
    x: float
    y: float


@dataclass(frozen=True)
class _Drawing:
    """A text as typst drew it."""

    width: float
    glyphs: Sequence[_PlacedGlyph]
    """From left to right; a space has none."""


def measure_right_to_left_runs(texts: Iterable[str], draw: Drawer) -> dict[str, Run]:
    """Return the runs of these texts that can be set character by character, the longest first."""
    runs = sorted(
        {run for text in texts for run in _right_to_left_runs_in(text)},
        key=lambda run: (-len(run), run),
    )
    characters = sorted(
        {character for run in runs for spelling in _spellings_of_run(run) for character in spelling}
    )
    if not runs:
        return {}
    drawings = [_parse_drawn_svg(svg) for svg in draw([*runs, *characters])]
    alone = dict(zip(characters, drawings[len(runs) :], strict=True))
    placed = {
        run: _place_characters_of_run(run, drawing, alone)
        for run, drawing in zip(runs, drawings, strict=False)
    }
    return {text: run for text, run in placed.items() if run is not None}


def build_pattern_of_runs(runs: Iterable[str]) -> str:
    """Return the regular expression that finds these runs; earlier ones take precedence."""
    return "|".join(re.escape(run) for run in runs)


# Finding runs and the ways to write their letters


def _right_to_left_runs_in(text: str) -> Iterator[str]:
    """Yield right-to-left runs, with the digits at their end, whose place depends on the run."""
    for hit in re.finditer("R(?:[^L]*[RD])?M*", "".join(map(_direction_class_of_character, text))):
        if len(hit[0]) > 1:
            yield text[hit.start() : hit.end()]


def _direction_class_of_character(character: str) -> str:
    """Return R or L for a direction, D for a digit, M for a mark, a space, or - for the rest."""
    if character.isspace():
        return " "
    if unicodedata.category(character).startswith("M"):
        return "M"
    direction = unicodedata.bidirectional(character)
    return {"R": "R", "AL": "R", "L": "L", "EN": "D", "AN": "D"}.get(direction, "-")


def _split_run_into_letters(run: str) -> list[str]:
    """Return the letters, each with its accents."""
    starts = [
        index
        for index, character in enumerate(run)
        if index == 0 or _direction_class_of_character(character) != "M"
    ]
    return [run[start:end] for start, end in pairwise([*starts, len(run)])]


_PRECOMPOSED: Mapping[str, str] = {
    unicodedata.normalize("NFC", form): form
    for form in map(chr, range(0xFB1D, 0xFB4F))
    if len(unicodedata.normalize("NFC", form)) > 1
}
"""Pointed Hebrew letters with a character of their own, which NFC never uses and fonts do."""


def _spellings_of_run(run: str) -> Iterator[Sequence[str]]:
    for letter in _split_run_into_letters(run):
        yield from _spellings_of_letter(letter)


def _spellings_of_letter(letter: str) -> Iterator[Sequence[str]]:
    """Yield the ways to write one letter that are equal in NFC."""
    yield tuple(letter)
    for decomposed, precomposed in _PRECOMPOSED.items():
        rest = [character for character in letter if character not in decomposed]
        if decomposed[0] == letter[0] and len(rest) + len(decomposed) == len(letter):
            yield (precomposed, *rest)


# Finding where typst drew each character


_WIDTH = re.compile(r'viewBox="0 0 ([\d.]+) ')
_START = re.compile(r"matrix\(1 0 0 -1 (-?[\d.]+) (-?[\d.]+)\)")
_GROUP = re.compile(r'<g transform="([^"]*)">((?:<use [^>]*>)+)</g>')
_USE = re.compile(r'href="#(\w+)" x="([^"]*)" y="([^"]*)"')


def _parse_drawn_svg(svg: str) -> _Drawing:
    """Read what typst drew: groups of glyphs, each with its own start."""
    width = _WIDTH.search(svg)
    glyphs = []
    for transform, group in _GROUP.findall(svg):
        start = _START.fullmatch(transform)
        right, down = (float(start[1]), float(start[2])) if start else (0.0, 0.0)
        glyphs += [
            _PlacedGlyph(glyph, right + float(x), down - float(y))
            for glyph, x, y in _USE.findall(group)
        ]
    return _Drawing(float(width[1]) if width else 0, glyphs)


def _place_characters_of_run(
    run: str, drawing: _Drawing, alone: Mapping[str, _Drawing]
) -> Run | None:
    """Give each character its position; None where the glyphs are not those of the characters."""
    remaining = list(reversed(drawing.glyphs))
    characters: list[PlacedCharacter] = []
    for letter in _split_run_into_letters(run):
        if letter == " ":
            characters.append((" ", characters[-1][1] - round(alone[" "].width), 0))
            continue
        placed = _place_characters_of_letter(letter, remaining, alone)
        if not placed:
            return None
        del remaining[: len(placed)]
        characters += placed
    return Run(round(drawing.width), tuple(characters)) if drawing.width <= MAX_WIDTH else None


def _place_characters_of_letter(
    letter: str, glyphs: Sequence[_PlacedGlyph], alone: Mapping[str, _Drawing]
) -> Sequence[PlacedCharacter]:
    """Return the positions of a letter and its accents in the next glyphs; empty if they differ."""
    for spelling in _spellings_of_letter(letter):
        drawn = {placed.glyph: placed for placed in glyphs[: len(spelling)]}
        own = [alone[character].glyphs for character in spelling]
        if all(len(single) == 1 for single in own) and drawn.keys() == {
            single[0].glyph for single in own
        }:
            return [
                _place_character(character, drawn[single[0].glyph], single[0])
                for character, single in zip(spelling, own, strict=True)
            ]
    return ()


def _place_character(character: str, drawn: _PlacedGlyph, alone: _PlacedGlyph) -> PlacedCharacter:
    return character, round(drawn.x - alone.x), round(drawn.y - alone.y)
