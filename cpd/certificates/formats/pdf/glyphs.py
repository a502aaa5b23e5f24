"""What a PDF of typst's draws, shape by shape, and what it says that each stands for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Operation: TypeAlias = tuple[Sequence[Any], bytes]
EM = 1000
"""Units to the em in which widths are told."""
Shape: TypeAlias = tuple[str, int]
"""A font's name on the page, and the number of the shape in it."""


@dataclass(eq=False)
class Glyph:
    """One shape on the page."""

    run: "Run"
    shape: Shape
    text: str
    """What typst says that it stands for: for each part of a letter, the whole letter."""
    kern: float
    """How far it was moved within its run, to the left, in thousandths of an em."""
    width: float
    """In thousandths of an em; accents have none."""
    x: float
    sign: str = ""
    """What it stands for by itself."""


@dataclass(frozen=True)
class Run:
    """What shapes have in common that are drawn in one go."""

    number: int
    font: str
    size: float
    origin: tuple[float, float]
    """Of its text object."""
    x: float
    y: float
    is_backwards: bool
    """Whether it is drawn from the left and read from the right."""


Token: TypeAlias = Operation | Glyph


_LISTED = re.compile(r"^<(\w{4})> <(\w+)>$", re.MULTILINE)


class Font:
    """What a font of the page says of its shapes."""

    def __init__(self, font: Any) -> None:
        self.number: int = font.raw_get("/ToUnicode").idnum
        listing: str = font["/ToUnicode"].get_object().get_data().decode("ascii")
        self._head, self._space, self._lines = listing.partition("endcodespacerange")
        self.signs = {
            int(shape, 16): bytes.fromhex(text).decode("utf-16-be")
            for shape, text in _LISTED.findall(self._lines)
        }
        self.widths = dict(_widths(font["/DescendantFonts"][0]["/W"]))

    def listing(self, name: str, known: Mapping[Shape, str]) -> bytes:
        """Return the list of what each shape stands for, by what is known now."""

        def line(found: re.Match[str]) -> str:
            sign = known.get((name, int(found[1], 16)), "")
            return f"<{found[1]}> <{sign.encode('utf-16-be').hex().upper() or found[2]}>"

        return f"{self._head}{self._space}{_LISTED.sub(line, self._lines)}".encode("ascii")


def _widths(listed: Sequence[Any]) -> Iterator[tuple[int, float]]:
    """Read both forms: a number with the widths from there, and two numbers with one width."""
    rest = list(listed)
    while rest:
        first, second, *rest = rest
        if isinstance(second, list):
            yield from enumerate(second, first)
        else:
            yield from ((number, rest[0]) for number in range(first, second + 1))
            del rest[0]


def tokens(operations: Sequence[Operation], fonts: Mapping[str, Font]) -> Iterator[Token]:
    """Take strings of shapes apart, and leave out what typst says of single letters."""
    origin, font, run = (0.0, 0.0), ("", 0.0), None
    marks: list[str | bool] = []
    for number, (operands, operator) in enumerate(operations):
        said: object = next((mark for mark in marks if isinstance(mark, str)), None)
        if operator in {b"BDC", b"BMC"}:
            marks.append(_mark(operands))
            said = marks[-1]
        elif operator == b"EMC":
            said = marks.pop()
        elif operator == b"cm":
            origin = operands[4], operands[5]
        elif operator == b"Tf":
            font = operands[0], operands[1]
        elif operator == b"Tm":
            x, y = origin[0] + operands[4], origin[1] - operands[5]
            run = Run(number, *font, origin, x, y, is_backwards=True in marks)
        if run is not None and operator in {b"Tj", b"TJ"}:
            pieces = operands if operator == b"Tj" else operands[0]
            yield from _glyphs(pieces, fonts[run.font], run, said)
        elif not (isinstance(said, str) and operator in {b"BDC", b"EMC"}):
            yield operands, operator


def _mark(operands: Sequence[Any]) -> str | bool:
    """Return what marked content is said to read, or whether it is a run from the right."""
    given = operands[1] if len(operands) > 1 else {}
    return str(given["/ActualText"]) if "/ActualText" in given else operands[0] == "/ReversedChars"


def _glyphs(pieces: Sequence[Any], font: Font, run: Run, said: object) -> Iterator[Glyph]:
    pen, kern = run.x, 0.0
    for piece in pieces:
        shapes = getattr(piece, "original_bytes", None)
        if shapes is None:
            kern = float(piece)
            pen -= kern * run.size / EM
            continue
        for high, low in zip(shapes[::2], shapes[1::2], strict=True):
            number = high << 8 | low
            text = said if isinstance(said, str) else font.signs[number]
            width = float(font.widths.get(number, 0))
            yield Glyph(run, (run.font, number), text, kern, width, pen)
            pen += width * run.size / EM
            kern = 0
