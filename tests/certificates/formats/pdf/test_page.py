"""The PDF: one tagged page with its own fonts and readable text, which carries its proof."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from cpd.certificates.formats.extras import MissingExtraError
from cpd.certificates.formats.format import LettersMissingError
from cpd.certificates.formats.pdf import typesetting
from cpd.certificates.formats.registry import FORMATS, is_file_reproducible
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import RECORD_FILE_NAME, Record, build_manifest
from cpd.courses.rules.fronts.course import Author
from cpd.db import unit_of_work
from cpd.kernel import canonical
from tests.factories.certificates import facts
from tests.support.missing_packages import take_away

PDF = FORMATS["pdf"]
A4 = (595, 842)
LARGEST = 60_000


def record_of(made: dict[str, Any]) -> Record:
    return Record(canonical.encode_json(made).decode(), build_manifest(made), "x" * 86, made["key"])


def render(**given: Any) -> bytes:
    return PDF.build_file(record_of(facts(**given)))


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in read(content).pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def usual() -> bytes:
    return render()


def test_it_is_one_page_of_a4_and_small(usual: bytes) -> None:
    (page,) = read(usual).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == A4
    assert len(usual) <= LARGEST


def test_it_is_tagged_titled_and_says_its_language_and_standards(usual: bytes) -> None:
    reader = read(usual)
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]) == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata is not None
    assert (
        reader.metadata.title
        == "Record of study: passed: Maya Chidinma Okafor, Massage in hot weather"
    )
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r'pdfuaid:part(="|>)1', xmp)
    assert re.search(r'pdfaid:part(="|>)3', xmp)
    assert re.search(r'pdfaid:conformance(="|>)A', xmp)


def structure(element: Any) -> list[str]:
    element = element.get_object()
    if not isinstance(element, DictionaryObject):
        return []
    kids = element.get("/K", [])
    kids = kids.get_object() if hasattr(kids, "get_object") else kids
    found = [str(element["/S"])] if "/S" in element else []
    for kid in kids if isinstance(kids, list) else [kids]:
        found += structure(kid) if hasattr(kid, "get_object") else []
    return found


def test_its_structure_has_one_heading_and_a_described_picture(usual: bytes) -> None:
    found = structure(read(usual).root_object["/StructTreeRoot"])
    assert found.count("/H1") == 1
    assert found.count("/Figure") == 1


def test_its_fonts_are_embedded(usual: bytes) -> None:
    resources: Any = read(usual).pages[0]["/Resources"]
    fonts = resources["/Font"]
    assert fonts
    for reference in fonts.values():
        (descendant,) = reference.get_object()["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor), descriptor["/FontName"]


def test_every_printed_fact_is_text_of_the_page() -> None:
    made = facts()
    content = PDF.build_file(record_of(made))
    page = squeezed(text_of(content))
    for name, words in printed_facts(made).items():
        assert squeezed(words) in page, name


def test_it_says_in_full_that_it_gives_no_credit(usual: bytes) -> None:
    page = " ".join(text_of(usual).split())
    assert "For study; no CE credit" in page
    assert "Credit: none. No accrediting body has approved this course" in page
    assert "Demonstration: not valid for credit" in page


def test_the_same_record_gives_the_same_bytes() -> None:
    record = record_of(facts())
    assert PDF.build_file(record) == PDF.build_file(record)


def test_it_carries_its_signed_record() -> None:
    record = record_of(facts())
    content = PDF.build_file(record)
    (carried,) = read(content).attachments[RECORD_FILE_NAME]
    assert Record.from_json(carried) == record


@pytest.mark.parametrize(
    "name",
    [
        "Maya Chidinma Okafor",
        "Zoë Ångström-Łukasiewicz Šimůnek Ðorđević",
        "Nguyễn Thị Hồng Nhung",
        "Ṣade Ọlátúnjí ʻOkina Kamakawiwoʻole",
        "Ελένη Παπαδοπούλου",
        "Ἀχιλλεύς Πηλεΐδης",
        "Ольга Їжакевич Ћирић",
        "Өмірбек Ғаниұлы Қасымов",
        "Արամ Խաչատրյան",
        "ნინო ჩხეიძე",
        "D’Arcy O'Neill & Søn",
        "Jean-Luc ffrench-Ffiske",
    ],
)
def test_names_are_printed_as_they_are_written(name: str) -> None:
    assert squeezed(name) in squeezed(text_of(render(name=name)))


@pytest.mark.parametrize(
    "name",
    [
        "محمد عبد الله الخطيب",
        "משה בן־דוד",
        "प्रिया क्षत्रिय शर्मा",
        "রহিমা খাতুন শ্রী",
        "മറിയം ഫിലിപ്പ്",
        "பிரியா",
        "สมชาย กิ่งแก้ว",
        "王小明 田中花子 김민수",
        "अनीता محمد สมชาย 王小明 മോഹൻ রহিমা משה Ελένη Ольга",
    ],
)
def test_the_extra_fonts_show_every_letter_on_one_page(name: str) -> None:
    assert PDF.unsupported_characters(name) == ()
    content = PDF.build_file(record_of(facts(name=name)))
    assert len(read(content).pages) == 1


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("王小明", "王小明"),
        ("محمد", "محد"),
        ("अनीता", "अनीता"),
        ("สมชาย", "สมชาย"),
        ("பிரியா", "பிரயா"),
        ("മോഹൻ", "മോഹൻ"),
        ("مُحَمَّد علي", "مُحَّدعلي"),
        ("Somchai (สมชาย ใจดี)", "สมชายใจดี"),
        ("Maya 😀", "😀"),
        ("Maya \ue000", "\ue000"),
    ],
)
def test_no_file_is_made_while_the_fonts_lack_letters(
    name: str, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "MORE_FONTS", {})
    record = record_of(facts(name=name))
    for format_ in FORMATS.values():
        with pytest.raises(LettersMissingError) as raised:
            format_.build_file(record)
        assert set("".join(raised.value.characters)) <= set(missing)
    assert set(PDF.unsupported_characters(name)) == set(missing)
    assert not is_file_reproducible(record, b"%PDF-1.7")


def test_a_printable_name_has_nothing_unprintable() -> None:
    assert PDF.unsupported_characters("Zoë Łukasiewicz") == ()


def test_control_without_the_standards_boxes_would_be_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typesetting, "STANDARDS", [])
    assert render(name="王小明")


LONG = [
    pytest.param({"name": "W" * 120}, id="a name of one word"),
    pytest.param(
        {"name": "Konstantinopoulou-Papadimitriou " * 3 + "of Somewhere Else"}, id="words"
    ),
    pytest.param({"name": "Ω" * 120}, id="Greek"),
    pytest.param({"title": "W" * 200}, id="a title of one word"),
    pytest.param({"title": "Massage and water " * 11}, id="a title of many"),
    pytest.param(
        {"authors": [Author(f"Name Number {n} Longer", "LMT, PhD") for n in range(40)]},
        id="forty authors",
    ),
    pytest.param(
        {
            "name": "W" * 120,
            "title": "W" * 200,
            "authors": [Author("Wilhelmina W. " * 6, "LMT") for _ in range(12)],
        },
        id="everything",
    ),
]


@pytest.mark.parametrize("given", LONG)
def test_long_texts_stay_whole_on_the_one_page(given: dict[str, Any]) -> None:
    made = facts(**given)
    content = PDF.build_file(record_of(made))
    reader = read(content)
    assert len(reader.pages) == 1
    assert len(content) <= LARGEST
    page = squeezed(reader.pages[0].extract_text())
    for name, words in printed_facts(made).items():
        assert squeezed(words) in page, name
    assert outside(reader) == []


def outside(reader: PdfReader) -> list[str]:
    """Return the texts that begin beyond the frame of the page."""
    found = []

    def visit(text: str, matrix: Any, position: list[float], *rest: Any) -> None:
        x = position[4] * matrix[0] + matrix[4]
        y = position[5] * matrix[3] + matrix[5]
        if text.strip() and not (28 <= x <= A4[0] - 28 and 28 <= y <= A4[1] - 28):
            found.append(f"{text!r} at {x:.0f}, {y:.0f}")

    reader.pages[0].extract_text(visitor_text=visit)
    return found


def test_no_pdf_is_made_inside_a_unit_of_work(app: Flask) -> None:
    with (
        app.app_context(),
        unit_of_work(),
        pytest.raises(RuntimeError, match="inside a unit of work"),
    ):
        render()


@pytest.mark.parametrize("library", ["typst", "segno"])
def test_without_the_extra_the_error_names_the_command(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, library)
    with pytest.raises(MissingExtraError, match=re.escape("pip install 'cpd[pdf]'")):
        render()


def test_another_fault_of_the_template_is_not_taken_for_a_missing_letter() -> None:
    import typst  # noqa: PLC0415

    with pytest.raises(typst.TypstError, match="unknown variable"):
        typesetting.compile_pdf_from_template("#nothing", {}, facts_instant())


def facts_instant() -> Any:
    from tests.support.moved_clock import NOW  # noqa: PLC0415

    return NOW
