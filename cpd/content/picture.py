"""Pictures of a course: SVG with only what is on an allow-list.

The file is served as it was written, so nothing is repaired here: anything not listed is a fault.
No element can run, fetch or link, and no value can hold an address: there are no `url(...)`, no
`href` and no escapes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from cpd.content.frontmatter import Fault

_IS_ALL = True
"""Tells the parser that no more text follows."""

MAX_BYTES = 40_000
WIDEST = 360
"""Width in units: about as many as a phone has pixels for it, so that text keeps its size."""
SMALLEST_TEXT = 14
"""Height in units, about the pixels on a phone."""
MAX_DEPTH = 8
_SVG = "http://www.w3.org/2000/svg"
STYLES = frozenset({
    *("fill", "opacity", "stroke", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"),
    *("stroke-width", "font-family", "font-size", "font-style", "font-weight", "text-anchor"),
})  # fmt: skip
"""Properties that a style sheet may set, and attributes of drawn elements."""
_DRAWN = STYLES | {"class", "transform"}
ELEMENTS: Mapping[str, frozenset[str]] = {
    "svg": frozenset({"viewBox"}),
    "title": frozenset(),
    "desc": frozenset(),
    "style": frozenset(),
    "g": _DRAWN,
    "path": _DRAWN | {"d"},
    "rect": _DRAWN | {"x", "y", "width", "height", "rx", "ry"},
    "circle": _DRAWN | {"cx", "cy", "r"},
    "ellipse": _DRAWN | {"cx", "cy", "rx", "ry"},
    "line": _DRAWN | {"x1", "y1", "x2", "y2"},
    "polyline": _DRAWN | {"points"},
    "polygon": _DRAWN | {"points"},
    "text": _DRAWN | {"x", "y"},
    "tspan": _DRAWN | {"x", "y", "dx", "dy"},
}
"""Every allowed element, with its allowed attributes."""
_HOLDING = {"svg": set(ELEMENTS) - {"svg", "tspan"}, "text": {"tspan"}}
_HOLDING["g"] = _HOLDING["svg"] - {"title", "desc", "style"}
_VALUE = re.compile(r"[A-Za-z0-9#.,%+ -]*")
_FORMS = {
    "viewBox": re.compile(r"0 0 ([1-9][0-9]{0,3}) ([1-9][0-9]{0,3})"),
    "class": re.compile(r"[a-z0-9-]+(?: [a-z0-9-]+)*"),
    # mirroring, but no other scale: text would lose its size
    "transform": re.compile(r"(?:(?:(?:translate|rotate)\([-0-9., ]+\)|scale\(-1[, ]1\)) ?)+"),
    "font-size": re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)(?:px)?"),
}
_MEDIA = re.compile(r"\s*@media (?:\(prefers-color-scheme: dark\)|print)\s*\{")
_RULE = re.compile(r"\s*[a-z0-9., -]+\{([^{]*)")


@dataclass(frozen=True)
class Picture:
    """A picture that may be shown: the file as written, and its size in units."""

    svg: str
    width: int
    height: int


def parse_picture(file: str, text: str) -> Picture | list[Fault]:
    """Return the picture in a file, or a fault for everything that is not allowed."""
    size = len(text.encode())
    if size > MAX_BYTES:
        return [
            Fault(
                file,
                1,
                f"The picture has {size:,} bytes; {MAX_BYTES:,} are allowed.",
                "Make the drawing simpler, with fewer decimals.",
            )
        ]
    reader = _Reader(file)
    reader.parse_svg(text)
    if reader.faults:
        return reader.faults
    return Picture(text, *reader.size)


class _RefusedError(Exception):
    """Stops reading a file at once: nothing after a doctype may be expanded."""


class _Reader:
    """Reads one file and notes what the allow-list does not name."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.size = (0, 0)
        self._open: list[str] = []
        self._words: dict[str, str] = {"title": "", "style": ""}
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._read_start_tag
        self._parser.EndElementHandler = self._read_end_tag
        self._parser.CharacterDataHandler = self._read_characters
        self._parser.StartDoctypeDeclHandler = self._refuse_declaration
        self._parser.XmlDeclHandler = self._refuse_declaration
        self._parser.ProcessingInstructionHandler = self._refuse_declaration

    def parse_svg(self, text: str) -> None:
        try:
            self._parser.Parse(text, _IS_ALL)
        except _RefusedError:
            return
        except expat.ExpatError as error:
            message = f"The picture is not XML: {expat.ErrorString(error.code)}."
            self.faults.append(Fault(self.file, error.lineno, message, "Save it again as SVG."))
            return
        if not self._words["title"].strip():
            self._note_fault("The picture has no <title>.", "Say in a few words what it shows.")

    def _note_fault(self, message: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, self._parser.CurrentLineNumber, message, remedy))

    def _refuse_declaration(self, *_: object) -> None:
        self._note_fault(
            "Doctypes, XML declarations and instructions are not allowed.",
            "Begin the file with <svg.",
        )
        raise _RefusedError

    def _read_start_tag(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, bare = name.rpartition(" ")
        inside = self._open[-1] if self._open else ""
        self._open.append(bare)
        is_known = namespace == _SVG and bare in (_HOLDING.get(inside, ()) if inside else ("svg",))
        if not is_known or len(self._open) > MAX_DEPTH:
            self._note_fault(
                f"<{bare[:40]}> is not allowed here.",
                f"Draw with {', '.join(sorted(ELEMENTS))} of SVG, at most {MAX_DEPTH} levels deep.",
            )
            return
        for attribute, value in attributes.items():
            self._note_attribute_faults(bare, attribute, value)
        if bare == "svg":
            self._read_size(attributes.get("viewBox", ""))

    def _note_attribute_faults(self, element: str, name: str, value: str) -> None:
        if name not in ELEMENTS[element]:
            self._note_fault(
                f"<{element}> may not have '{name.rpartition(' ')[2][:40]}'.",
                f"It may have: {', '.join(sorted(ELEMENTS[element])) or 'no attribute'}.",
            )
        elif (problem := _describe_value_problem(name, value)) is not None:
            self._note_fault(*problem)

    def _read_size(self, box: str) -> None:
        match = _FORMS["viewBox"].fullmatch(box)
        width, height = map(int, match.groups()) if match else (0, 0)
        if not 0 < width <= WIDEST:
            self._note_fault(
                "The picture has no viewBox that fits a phone's width.",
                f'Write viewBox="0 0 W H" with a W of at most {WIDEST}.',
            )
        self.size = width, height

    def _read_end_tag(self, _: str) -> None:
        if self._open.pop() == "style":
            sheet, self._words["style"] = self._words["style"], ""
            for message, remedy in _describe_style_problems(sheet):
                self._note_fault(message, remedy)

    def _read_characters(self, text: str) -> None:
        if self._open[-1] in self._words:
            self._words[self._open[-1]] += text


def _describe_value_problem(name: str, value: str) -> tuple[str, str] | None:
    """Return what is wrong with the value of an attribute or a style, or None."""
    match = _FORMS.get(name, _VALUE).fullmatch(value)
    if match is None:
        return (
            f"'{name}' is '{value[:40]}'.",
            "Use plain words, numbers and colors such as #63285f.",
        )
    if name == "font-size" and float(match.group(1)) < SMALLEST_TEXT:
        return (
            f"Text of {value} is too small on a phone.",
            f"Use at least {SMALLEST_TEXT}, with fewer words.",
        )
    return None


def _describe_style_problems(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield what is not allowed in a style sheet: all but plain rules, also for dark and print."""
    *rules, rest = sheet.split("}")
    is_within = False
    for text in rules:
        opening = None if is_within else _MEDIA.match(text)
        is_within = is_within or opening is not None
        rule = text[opening.end() :] if opening else text
        if is_within and not rule.strip():
            is_within = False
        elif (match := _RULE.fullmatch(rule)) is None:
            rest = rule.strip() or "}"
            break
        else:
            yield from _describe_rule_problems(match.group(1))
    if rest.strip() or is_within:
        remedy = (
            "Write plain rules such as .ink { fill: #1f1a24 }, also inside "
            "@media (prefers-color-scheme: dark) { } or @media print { }."
        )
        yield f"The style sheet cannot be read at '{rest.strip()[:40]}'.", remedy


def _describe_rule_problems(declarations: str) -> Iterator[tuple[str, str]]:
    for declaration in filter(None, map(str.strip, declarations.split(";"))):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name not in STYLES:
            yield f"The style '{name[:40]}' is not allowed.", f"Use: {', '.join(sorted(STYLES))}."
        elif (problem := _describe_value_problem(name, value)) is not None:
            yield problem
