"""Calling typst, the typesetter, with the fonts that come with it. Needs the `pdf` extra."""

import importlib.util
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import typst

from cpd.db import is_in_unit_of_work

FONTS = ("Libertinus Serif", "New Computer Modern")
"""Bundled with typst: Latin, Greek, Cyrillic, Hebrew, Armenian and Georgian. Its other fonts have
letters of more scripts but do not join them correctly, so they are not tried."""
MORE_FONTS: Mapping[str, Sequence[str]] = {
    "manimgx_fonts": (
        "Noto Sans",
        "Noto Sans Hebrew",
        "Noto Sans Arabic",
        "Noto Sans Devanagari",
        "Noto Sans Bengali",
        "Noto Sans Gurmukhi",
        "Noto Sans Gujarati",
        "Noto Sans Tamil",
        "Noto Sans Telugu",
        "Noto Sans Kannada",
        "Noto Sans Malayalam",
        "Noto Sans Oriya",
        "Noto Sans Sinhala",
        "Noto Sans Thai",
        "Noto Sans Lao",
        "Noto Sans Khmer",
        "Noto Sans Myanmar",
        "Noto Sans Ethiopic",
    ),
    "manimgx_fonts_cjk": ("Noto Sans CJK SC",),
}
"""The families of the packages of the extra `fonts`; what typst bundles is always tried first."""
CODE_FONTS = ("DejaVu Sans Mono",)
STANDARDS: list[Any] = ["ua-1", "a-3a"]
"""They also make typst refuse characters without a glyph, which it would otherwise draw as boxes.
"""

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_PRIVATE = re.compile(r'contains the codepoint `"(.+?)"`')


@dataclass(frozen=True)
class UnsupportedCharacters:
    """The fonts have no glyph for these characters, so no PDF was made."""

    characters: tuple[str, ...]


def compile_pdf_from_template(
    template: str, data: Mapping[str, Any], timestamp: datetime
) -> bytes | UnsupportedCharacters:
    """Return the PDF of a template filled with data, or the characters without a glyph.

    Raises TypstError for any other fault of the template, and RuntimeError inside a unit of work.
    """
    _refuse_inside_unit_of_work()
    try:
        pdf: bytes = typst.compile(
            template.encode(),
            font_paths=_load_fonts(find_font_packages()),
            format="pdf",
            pdf_standards=STANDARDS,
            sys_inputs={"data": json.dumps(data)},
            timestamp=timestamp.replace(microsecond=0),
        )
    except typst.TypstError as fault:
        missing = _parse_missing_characters(fault.diagnostic)
        if not missing:
            raise
        return UnsupportedCharacters(missing)
    return pdf


def draw_template_as_png(
    template: str, data: Mapping[str, Any], *, pixels_per_inch: float
) -> bytes:
    """Return the one page of a template as a picture.

    Nothing is said of characters without a glyph. Raises RuntimeError inside a unit of work.
    """
    _refuse_inside_unit_of_work()
    picture: bytes = typst.compile(
        template.encode(),
        font_paths=_load_fonts(find_font_packages()),
        format="png",
        ppi=pixels_per_inch,
        sys_inputs={"data": json.dumps(data)},
    )
    return picture


def draw_texts_as_svg(texts: Sequence[str], *, units_per_em: int) -> list[str]:
    """Return each text as SVG on a page of its own, one em being `units_per_em` points.

    Raises RuntimeError inside a unit of work.
    """
    _refuse_inside_unit_of_work()
    template = (
        "#let data = json(bytes(sys.inputs.data))\n"
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        "#set text(font: data.fonts, fallback: false, size: data.em * 1pt)\n"
        '#set text(top-edge: "baseline", bottom-edge: "baseline")\n'
        "#data.texts.join(pagebreak())"
    )
    pages: Any = typst.compile(
        template.encode(),
        font_paths=_load_fonts(find_font_packages()),
        format="svg",
        sys_inputs={
            "data": json.dumps({"texts": texts, "fonts": font_families(), "em": units_per_em})
        },
    )
    return [page.decode() for page in (pages if isinstance(pages, list) else [pages])]


def font_families() -> tuple[str, ...]:
    """Return the font families to try, in order."""
    return (*FONTS, *(name for package in find_font_packages() for name in MORE_FONTS[package]))


def find_font_packages() -> tuple[str, ...]:
    """Return the packages with fonts of more scripts that are installed."""
    return tuple(package for package in MORE_FONTS if importlib.util.find_spec(package))


def _refuse_inside_unit_of_work() -> None:
    if is_in_unit_of_work():
        raise RuntimeError("no PDF may be made inside a unit of work: it would block the database")


def _parse_missing_characters(diagnostic: str) -> tuple[str, ...]:
    characters = _MISSING.findall(diagnostic) + _PRIVATE.findall(diagnostic)
    return tuple(dict.fromkeys(_unescape_code_points(text) for text in characters))


def _unescape_code_points(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda hit: chr(int(hit[1], 16)), text)


@cache
def _load_fonts(packages: tuple[str, ...]) -> Any:
    folders = [str(resources.files(package)) for package in packages]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
