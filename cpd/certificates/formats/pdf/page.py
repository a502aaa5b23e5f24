"""The certificate as a PDF: one A4 page, tagged (PDF/UA-1), for keeping (PDF/A-3a), fonts embedded.

It is made from the signed record alone and carries that record as an attached file, so that it can
be checked without any server. The same record gives the same bytes as long as typst and this
layout stay as they are; the first bytes are stored and handed out ever after.
"""

import base64
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from unicodedata import normalize

from cpd.certificates.formats.pdf import right_to_left as letters, text_layer
from cpd.certificates.rules.record import Record
from cpd.certificates.rules.snapshot import printed
from cpd.db import in_unit_of_work

FORMAT = "pdf"
"""What this form is called where files are kept."""
MEDIA_TYPE = "application/pdf"
RECORD_NAME = "certificate-record.json"
"""What the attached record is called."""

FONTS = ("Libertinus Serif", "New Computer Modern")
"""Bundled with typst: Latin, Greek, Cyrillic, Hebrew, Armenian and Georgian. Its other fonts have
letters of more scripts but do not join them as they must be, so they are not tried."""
CODE_FONTS = ("DejaVu Sans Mono",)
STANDARDS: list[Any] = ["ua-1", "a-3a"]
"""They also make typst refuse letters without a shape, which it would otherwise draw as boxes."""

LABELS: Mapping[str, str] = {
    "licences": "Licence, as stated by the holder",
    "completed": "Completed",
    "score": "Score",
    "pass_mark": "Pass mark",
    "activity": "Activity",
    "reading": "Reading",
    "subjects": "Subjects",
    "authors": "Written by",
    "sign_off": "Clinical sign-off",
    "version": "Course version",
    "language": "Language",
    "issued_at": "Issued",
    "contact": "Provider's contact",
}
"""The facts in two columns, in their order.

A change of the page leaves stored files as they are. Making them again then no longer shows what
they were made of; their stored hash does.
"""

HEAD = ("provider", "demonstration", "title", "name", "statement", "course", "marker", "credit")
FOOT = ("verify_at", "code")
CHECK = "Anyone can check every line at"
CHECK_WITH_LICENCE = "Anyone can check every line but the licence at"
QR_WORDS = "QR code: the page on which this certificate can be checked"

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_PRIVATE = re.compile(r'contains the codepoint `"(.+?)"`')


class PdfExtraMissingError(RuntimeError):
    """The libraries that make PDF files are not installed."""

    remedy = "pip install 'cpd[pdf]'"

    def __init__(self) -> None:
        super().__init__(f"PDF files need an extra that is not installed. Run: {self.remedy}")


@dataclass(frozen=True)
class Unprintable:
    """These characters have no shape in the fonts at hand, so no PDF was made."""

    characters: tuple[str, ...]


def render(record: Record) -> bytes | Unprintable:
    """Return the PDF of a signed record, or the characters that it could not show.

    Raises PdfExtraMissingError, and RuntimeError inside a unit of work: it is slow work.
    """
    facts = record.facts
    data = page(facts, record)
    made = _compile(_template(), data, datetime.fromisoformat(facts["issued_at"]))
    if isinstance(made, bytes) and text_layer.is_needed(printed(facts).values()):
        return text_layer.mended(made)
    return made


def is_made_of(record: Record, content: bytes) -> bool:
    """Tell whether a record that is genuine, printed again here, gives exactly this file.

    It confirms a page. When it does not, nothing follows: another release sets the page otherwise.
    """
    try:
        return render(record) == content
    except PdfExtraMissingError:
        return False


def unprintable(text: str) -> tuple[str, ...]:
    """Return the characters of a text that the fonts at hand cannot show, for instance of a name.

    Raises as `render` does.
    """
    probe = (
        '#set document(title: "Probe")\n'
        "#let data = json(bytes(sys.inputs.data))\n"
        "#set text(font: data.fonts, fallback: false)\n"
        "#data.text"
    )
    epoch = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    made = _compile(probe, {"text": text, "fonts": fonts()}, epoch)
    return made.characters if isinstance(made, Unprintable) else ()


def page(facts: Mapping[str, Any], record: Record) -> dict[str, Any]:
    """Return everything that the template draws."""
    words = {name: normalize("NFC", text) for name, text in printed(facts).items()}
    runs = letters.runs(words.values(), _drawn)
    return {
        "em": letters.EM,
        "runs": {run: {"width": it.width, "signs": it.signs} for run, it in runs.items()},
        "run_pattern": letters.pattern(runs),
        "document": f"{words['title']}: {words['name']}, {words['course']}",
        "description": words["marker"],
        "language": "en",
        "course_language": facts["language"]["tag"].split("-")[0],  # typst knows no regions here
        "fonts": fonts(),
        "code_fonts": CODE_FONTS,
        "brand": _resource("brand.svg"),
        **{name: words.get(name, "") for name in (*HEAD, *FOOT)},
        "facts": [[label, words[name]] for name, label in LABELS.items() if name in words],
        "check": _check(words),
        "foot": _foot(words),
        "qr": qr(words["verify_at"]),
        "qr_words": QR_WORDS,
        "record": {
            "name": RECORD_NAME,
            "content": record.to_json(),
            "description": "The signed facts of this certificate",
        },
    }


def _check(words: Mapping[str, str]) -> str:
    return CHECK_WITH_LICENCE if "licences" in words else CHECK


def _foot(words: Mapping[str, str]) -> str:
    return f"Signed with key {words['key']}, issued once, never edited"


def qr(address: str) -> str:
    """Return a QR code as SVG, dark on nothing, without a size of its own."""
    try:
        import segno  # noqa: PLC0415 - an extra
    except ImportError:
        raise PdfExtraMissingError from None
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, omitsize=True
    )
    return drawn.getvalue().decode()


def qr_image(address: str) -> str:
    """Return a QR code as a data address for an image; empty where the extra is missing."""
    try:
        drawn = qr(address)
    except PdfExtraMissingError:
        return ""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def fonts() -> tuple[str, ...]:
    """Return the font families to try, in order; an extra with more scripts adds its own here."""
    return FONTS


def _compile(template: str, data: Mapping[str, Any], timestamp: datetime) -> bytes | Unprintable:
    typst = _typst()
    try:
        made: bytes = typst.compile(
            template.encode(),
            font_paths=_bundled_fonts(),
            format="pdf",
            pdf_standards=STANDARDS,
            sys_inputs={"data": json.dumps(data)},
            timestamp=timestamp,
        )
    except typst.TypstError as fault:
        missing = _missing(fault.diagnostic)
        if not missing:
            raise
        return Unprintable(missing)
    return made


def _drawn(texts: Sequence[str]) -> list[str]:
    """Draw each text as SVG, as `letters` measures it."""
    template = (
        "#let data = json(bytes(sys.inputs.data))\n"
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        "#set text(font: data.fonts, fallback: false, size: data.em * 1pt)\n"
        '#set text(top-edge: "baseline", bottom-edge: "baseline")\n'
        "#data.texts.join(pagebreak())"
    )
    made = _typst().compile(
        template.encode(),
        font_paths=_bundled_fonts(),
        format="svg",
        sys_inputs={"data": json.dumps({"texts": texts, "fonts": fonts(), "em": letters.EM})},
    )
    return [page.decode() for page in (made if isinstance(made, list) else [made])]


def _typst() -> Any:
    """Return the typesetter, for slow work: raises PdfExtraMissingError and RuntimeError."""
    if in_unit_of_work():
        raise RuntimeError("no PDF is made inside a unit of work: it would hold the database")
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        raise PdfExtraMissingError from None
    return typst


def _missing(diagnostic: str) -> tuple[str, ...]:
    found = _MISSING.findall(diagnostic) + _PRIVATE.findall(diagnostic)
    return tuple(dict.fromkeys(_unescape(text) for text in found))


def _unescape(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda hit: chr(int(hit[1], 16)), text)


@cache
def _bundled_fonts() -> Any:
    return _typst().Fonts(include_system_fonts=False, include_embedded_fonts=True)


@cache
def _template() -> str:
    return _resource("certificate.typ")


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
