"""What the page of a PDF shows. Needs the `pdf` extra.

It is made from the signed record alone and carries that record as an attached file, so it can be
checked without any server. The same record gives the same bytes as long as typst and this layout do
not change. The first bytes are stored, and every later download gets them.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, partial
from importlib import resources
from typing import Any
from unicodedata import normalize

from cpd.certificates.formats import qr_code
from cpd.certificates.formats.pdf import right_to_left, text_layer, typesetting
from cpd.certificates.formats.pdf.typesetting import UnsupportedCharacters
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import RECORD_FILE_NAME, Record

LABELS: Mapping[str, str] = {
    "issued_for": "Issued for",
    "licences": "Licence, as stated by the holder",
    "completed": "Completed",
    "score": "Score",
    "pass_mark": "Pass mark",
    "activity": "Activity",
    "place": "Place",
    "reading": "Reading",
    "subjects": "Subjects",
    "authors": "Written by",
    "instructor": "Instructor",
    "sign_off": "Clinical sign-off",
    "version": "Course version",
    "language": "Language",
    "corrects": "Corrected",
    "issued_at": "Issued",
    "contact": "Provider's contact",
    "provider_number": "Provider number",
    "course_number": "Course number",
    "signatories": "Signed for the provider by",
}
"""The facts in two columns, in their order.

Every word on the page, including its spelling, must stay as it is. If the page changed, rendering
an earlier record would give other bytes, so the files issued before could no longer be confirmed.
"""

HEAD = ("provider", "demonstration", "title", "name", "statement", "course", "marker", "credit")
FOOT = ("verify_at", "code")
CHECK = "Anyone can check every line at"
CHECK_WITH_LICENSE = "Anyone can check every line but the licence at"
LEFT_OUT = "[…]"
"""Stands for characters that the fonts cannot show."""
LEFT_OUT_NOTE = (
    f"{LEFT_OUT} stands for letters that this file cannot show. The page named below shows them"
)
LEFT_OUT_EXCEPT_LICENSE = ", except those of the licence"
QR_ALT_TEXT = "QR code: the page on which this certificate can be checked"


def build_certificate_pdf(record: Record) -> bytes:
    """Return the PDF of a signed record; the page says where it lacks characters.

    Raises RuntimeError inside a unit of work, because rendering is slow.
    """
    facts = record.parsed_facts
    issued_at = datetime.fromisoformat(facts["issued_at"])
    printed = {name: normalize("NFC", text) for name, text in printed_facts(facts).items()}
    left_out: set[str] = set()
    while True:
        shown = {name: leave_out_characters(text, left_out) for name, text in printed.items()}
        data = build_template_data(facts, shown, record)
        data["left_out"] = _describe_left_out(printed, shown)
        pdf = typesetting.compile_pdf_from_template(_build_template_source(), data, issued_at)
        if not isinstance(pdf, UnsupportedCharacters):
            break
        if left_out.issuperset(pdf.characters):
            raise RuntimeError(f"the fonts lack characters of the page itself: {pdf.characters}")
        left_out.update(pdf.characters)
    if text_layer.has_separate_accents(shown.values()):
        return text_layer.rewrite_pdf_with_exact_text(pdf)
    return pdf


def _describe_left_out(printed: Mapping[str, str], shown: Mapping[str, str]) -> str:
    differing = {name for name in printed if printed[name] != shown[name]}
    if not differing:
        return ""
    return f"{LEFT_OUT_NOTE}{LEFT_OUT_EXCEPT_LICENSE if 'licences' in differing else ''}."


def leave_out_characters(text: str, characters: Iterable[str]) -> str:
    """Return the text with a sign in place of each run of these characters."""
    one = "|".join(map(re.escape, sorted(characters, reverse=True)))
    return re.sub(rf"(?:{one})+(?: +(?:{one})+)*", LEFT_OUT, text) if one else text


def unsupported_characters(text: str) -> tuple[str, ...]:
    """Return the characters of a text, such as a name, for which the fonts have no glyph.

    Raises RuntimeError inside a unit of work.
    """
    template = (
        '#set document(title: "Probe")\n'
        "#let data = json(bytes(sys.inputs.data))\n"
        "#set text(font: data.fonts, fallback: false)\n"
        "#data.text"
    )
    epoch = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    data = {"text": text, "fonts": typesetting.font_families()}
    pdf = typesetting.compile_pdf_from_template(template, data, epoch)
    return pdf.characters if isinstance(pdf, UnsupportedCharacters) else ()


def build_template_data(
    facts: Mapping[str, Any], printed: Mapping[str, str], record: Record
) -> dict[str, Any]:
    """Return everything that the template `certificate.typ` draws."""
    runs = right_to_left.measure_right_to_left_runs(
        printed.values(),
        partial(typesetting.draw_texts_as_svg, units_per_em=right_to_left.UNITS_PER_EM),
    )
    return {
        "em": right_to_left.UNITS_PER_EM,
        "runs": {
            text: {"width": run.width, "characters": run.characters} for text, run in runs.items()
        },
        "run_pattern": right_to_left.build_pattern_of_runs(runs),
        "document": f"{printed['title']}: {printed['name']}, {printed['course']}",
        "description": printed["marker"],
        "language": "en",
        "course_language": facts["language"]["tag"].split("-")[0],  # typst knows no regions here
        "fonts": typesetting.font_families(),
        "code_fonts": typesetting.CODE_FONTS,
        "brand": _read_resource_file("brand.svg"),
        **{name: printed.get(name, "") for name in (*HEAD, *FOOT)},
        "facts": [[label, printed[name]] for name, label in LABELS.items() if name in printed],
        "check": CHECK_WITH_LICENSE if "licences" in printed else CHECK,
        "foot": f"Signed with key {printed['key']}, issued once, never edited",
        "qr": qr_code.build_qr_code_svg(printed["verify_at"]),
        "qr_alt_text": QR_ALT_TEXT,
        "record": {
            "name": RECORD_FILE_NAME,
            "content": record.to_json(),
            "description": "The signed facts of this certificate",
        },
    }


@cache
def _build_template_source() -> str:
    return _read_resource_file("certificate.typ")


def _read_resource_file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
