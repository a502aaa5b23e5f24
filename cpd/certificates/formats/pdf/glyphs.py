"""The glyphs that a PDF made by typst draws, and the text that it declares for each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Operation: TypeAlias = tuple[Sequence[Any], bytes]
"""The operands and the operator of one drawing instruction."""
UNITS_PER_EM = 1000
"""The unit of widths and kerning."""
GlyphId: TypeAlias = tuple[str, int]
"""The name of a font on the page, and the number of the glyph in it."""


@dataclass(eq=False)
class Glyph:
    """One glyph on the page."""

    run: "Run"
    id: GlyphId
    text: str
    """What typst declares it to mean: for each part of a letter, the whole letter."""
    kern: float
    """How far it was moved to the left within its run, in thousandths of an em."""
    width: float
    """In thousandths of an em; accents have none."""
    x: float
    character: str = ""
    """What it means by itself."""


@dataclass(frozen=True)
class Run:
    """What glyphs that are drawn in one go have in common.

    A run begins wherever the page sets a new position for text.
    """

    number: int
    font: str
    size: float
    origin: tuple[float, float]
    """Of its text object."""
    x: float
    y: float
    is_right_to_left: bool
    """Whether it is drawn from the left and read from the right."""


Token: TypeAlias = Operation | Glyph


_LISTED = re.compile(r"^<(\w{4})> <(\w+)>$", re.MULTILINE)


class Font:
    """What a font of the page declares about its glyphs."""

    def __init__(self, font: Any) -> None:
        self.object_number: int = font.raw_get("/ToUnicode").idnum
        listing: str = font["/ToUnicode"].get_object().get_data().decode("ascii")
        self._head, self._separator, self._lines = listing.partition("endcodespacerange")
        self.texts = {
            int(glyph, 16): bytes.fromhex(text).decode("utf-16-be")
            for glyph, text in _LISTED.findall(self._lines)
        }
        self.widths = dict(_parse_glyph_widths(font["/DescendantFonts"][0]["/W"]))

    def build_to_unicode_map(self, name: str, known: Mapping[GlyphId, str]) -> bytes:
        """Return the font's ToUnicode map, corrected by what is known about its glyphs."""

        def correct_line(hit: re.Match[str]) -> str:
            text = known.get((name, int(hit[1], 16)), "")
            return f"<{hit[1]}> <{text.encode('utf-16-be').hex().upper() or hit[2]}>"

        lines = _LISTED.sub(correct_line, self._lines)
        return f"{self._head}{self._separator}{lines}".encode("ascii")


def _parse_glyph_widths(listed: Sequence[Any]) -> Iterator[tuple[int, float]]:
    """Read both forms: a number followed by a list of widths, or two numbers and one width."""
    rest = list(listed)
    while rest:
        first, second, *rest = rest
        if isinstance(second, list):
            yield from enumerate(second, first)
        else:
            yield from ((number, rest[0]) for number in range(first, second + 1))
            del rest[0]


def parse_drawing_tokens(
    operations: Sequence[Operation], fonts: Mapping[str, Font]
) -> Iterator[Token]:
    """Split strings into glyphs, and drop what typst declares about single letters."""
    origin, font, run = (0.0, 0.0), ("", 0.0), None
    open_marks: list[str | bool] = []
    for number, (operands, operator) in enumerate(operations):
        actual_text: object = next((mark for mark in open_marks if isinstance(mark, str)), None)
        if operator in {b"BDC", b"BMC"}:
            open_marks.append(_parse_marked_content(operands))
            actual_text = open_marks[-1]
        elif operator == b"EMC":
            actual_text = open_marks.pop()
        elif operator == b"cm":
            origin = operands[4], operands[5]
        elif operator == b"Tf":
            font = operands[0], operands[1]
        elif operator == b"Tm":
            x, y = origin[0] + operands[4], origin[1] - operands[5]
            run = Run(number, *font, origin, x, y, is_right_to_left=True in open_marks)
        if run is not None and operator in {b"Tj", b"TJ"}:
            pieces = operands if operator == b"Tj" else operands[0]
            yield from _parse_glyphs(pieces, fonts[run.font], run, actual_text)
        elif not (isinstance(actual_text, str) and operator in {b"BDC", b"EMC"}):
            yield operands, operator


def _parse_marked_content(operands: Sequence[Any]) -> str | bool:
    """Return the text that marked content declares, or whether it is a right-to-left run."""
    properties = operands[1] if len(operands) > 1 else {}
    if "/ActualText" in properties:
        return str(properties["/ActualText"])
    return bool(operands[0] == "/ReversedChars")


def _parse_glyphs(
    pieces: Sequence[Any], font: Font, run: Run, actual_text: object
) -> Iterator[Glyph]:
    x, kern = run.x, 0.0
    for piece in pieces:
        numbers = getattr(piece, "original_bytes", None)
        if numbers is None:
            kern = float(piece)
            x -= kern * run.size / UNITS_PER_EM
            continue
        for high, low in zip(numbers[::2], numbers[1::2], strict=True):
            number = high << 8 | low
            text = actual_text if isinstance(actual_text, str) else font.texts[number]
            width = float(font.widths.get(number, 0))
            yield Glyph(run, (run.font, number), text, kern, width, x)
            x += width * run.size / UNITS_PER_EM
            kern = 0
