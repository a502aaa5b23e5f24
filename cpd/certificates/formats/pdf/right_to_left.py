"""Runs from right to left, set sign by sign in the order of writing.

typst draws them from their left end, as paper has them, so that programs which read in the order of
drawing get the words of a name backwards. Here each sign is given its place, where typst would have
drawn it. A run whose shapes are not those of its signs, because the font joins or changes them, is
left to typst.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

EM = 1000
"""Units to the em in which places are given; texts are drawn this large to be measured."""
WIDEST = 14 * EM
"""The widest run from right to left that is set so: it stands in one line."""

Drawer: TypeAlias = Callable[[Sequence[str]], Sequence[str]]
"""Draws each text as SVG on a page of its own, from left to right, one em being `EM` points."""
Place: TypeAlias = tuple[str, int, int]
"""A sign, and how far right of and below the start of its run it stands."""


@dataclass(frozen=True)
class Run:
    """A piece of text with the place of each sign, in the order of writing."""

    width: int
    signs: tuple[Place, ...]


@dataclass(frozen=True)
class _Shape:
    glyph: str
    x: float
    y: float


@dataclass(frozen=True)
class _Drawing:
    width: float
    shapes: Sequence[_Shape]
    """From left to right; a space has none."""


def runs(texts: Iterable[str], draw: Drawer) -> dict[str, Run]:
    """Return the runs in these texts that are set sign by sign, the longest first."""
    found = sorted({run for text in texts for run in _runs(text)}, key=lambda it: (-len(it), it))
    signs = sorted({sign for run in found for way in _ways(run) for sign in way})
    if not found:
        return {}
    drawings = [_read(svg) for svg in draw([*found, *signs])]
    alone = dict(zip(signs, drawings[len(found) :], strict=True))
    placed = {
        run: _placed(run, drawing, alone) for run, drawing in zip(found, drawings, strict=False)
    }
    return {run: made for run, made in placed.items() if made is not None}


def pattern(found: Iterable[str]) -> str:
    """Return the regular expression that finds runs; the earlier ones outrank the later."""
    return "|".join(re.escape(run) for run in found)


# Which texts


def _runs(text: str) -> Iterator[str]:
    """Return runs from the right, with digits at their end, which stand elsewhere beside them."""
    for hit in re.finditer("R(?:[^L]*[RD])?M*", "".join(map(_kind, text))):
        if len(hit[0]) > 1:
            yield text[hit.start() : hit.end()]


def _kind(sign: str) -> str:
    if sign.isspace():
        return " "
    if unicodedata.category(sign).startswith("M"):
        return "M"
    direction = unicodedata.bidirectional(sign)
    return {"R": "R", "AL": "R", "L": "L", "EN": "D", "AN": "D"}.get(direction, "-")


def _letters(run: str) -> list[str]:
    """Return the letters, each with its accents."""
    starts = [at for at, sign in enumerate(run) if at == 0 or _kind(sign) != "M"]
    return [run[start:end] for start, end in pairwise([*starts, len(run)])]


_FORMS: Mapping[str, str] = {
    unicodedata.normalize("NFC", form): form
    for form in map(chr, range(0xFB1D, 0xFB4F))
    if len(unicodedata.normalize("NFC", form)) > 1
}
"""Hebrew letters with points for which there is a sign that NFC never uses, and fonts do."""


def _ways(run: str) -> Iterator[Sequence[str]]:
    for letter in _letters(run):
        yield from _spellings(letter)


def _spellings(letter: str) -> Iterator[Sequence[str]]:
    """Return the ways to write one letter that are the same in NFC."""
    yield tuple(letter)
    for plain, form in _FORMS.items():
        rest = [sign for sign in letter if sign not in plain]
        if plain[0] == letter[0] and len(rest) + len(plain) == len(letter):
            yield (form, *rest)


# Where


_WIDTH = re.compile(r'viewBox="0 0 ([\d.]+) ')
_START = re.compile(r"matrix\(1 0 0 -1 (-?[\d.]+) (-?[\d.]+)\)")
_START = re.compile(r"matrix\(1 0 0 -1 (-?[\d.]+) (-?[\d.]+)\)")
_GROUP = re.compile(r'<g transform="([^"]*)">((?:<use [^>]*>)+)</g>')
_USE = re.compile(r'href="#(\w+)" x="([^"]*)" y="([^"]*)"')


def _read(svg: str) -> _Drawing:
    """Read what typst draws: groups of shapes, each with its own start."""
    width = _WIDTH.search(svg)
    shapes = []
    for move, group in _GROUP.findall(svg):
        start = _START.fullmatch(move)
        right, down = (float(start[1]), float(start[2])) if start else (0.0, 0.0)
        shapes += [
            _Shape(glyph, right + float(x), down - float(y)) for glyph, x, y in _USE.findall(group)
        ]
    return _Drawing(float(width[1]) if width else 0, shapes)


def _placed(run: str, drawing: _Drawing, alone: Mapping[str, _Drawing]) -> Run | None:
    """Give each sign its place; None where the shapes are not those of the signs."""
    left = list(reversed(drawing.shapes))
    signs: list[Place] = []
    for letter in _letters(run):
        if letter == " ":
            signs.append((" ", signs[-1][1] - round(alone[" "].width), 0))
            continue
        found = _letter(letter, left, alone)
        if not found:
            return None
        del left[: len(found)]
        signs += found
    return Run(round(drawing.width), tuple(signs)) if drawing.width <= WIDEST else None


def _letter(
    letter: str, shapes: Sequence[_Shape], alone: Mapping[str, _Drawing]
) -> Sequence[Place]:
    """Return the places of a letter and its accents among the next shapes; none if they differ."""
    for way in _spellings(letter):
        here = {shape.glyph: shape for shape in shapes[: len(way)]}
        own = [alone[sign].shapes for sign in way]
        if all(len(it) == 1 for it in own) and here.keys() == {it[0].glyph for it in own}:
            return [
                _place(sign, here[it[0].glyph], it[0]) for sign, it in zip(way, own, strict=True)
            ]
    return ()


def _place(sign: str, shape: _Shape, alone: _Shape) -> Place:
    return sign, round(shape.x - alone.x), round(shape.y - alone.y)
