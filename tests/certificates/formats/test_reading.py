"""Files read back: whatever is changed on the page or in the record is found and named."""

import builtins
import io
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from cpd.certificates.formats import pdf, reading
from cpd.certificates.formats.pdf import PdfExtraMissingError
from cpd.certificates.formats.reading import differing
from cpd.certificates.rules.record import Record, RecordFaultError, manifest
from cpd.certificates.rules.snapshot import printed
from cpd.kernel import canonical
from tests.certificates.formats.test_pdf import without
from tests.factories.certificates import facts, first_form


def record_of(made: dict[str, Any]) -> Record:
    return Record(canonical.encode(made).decode(), manifest(made), "x" * 86, made["key"])


def rendered(record: Record) -> bytes:
    made = pdf.render(record)
    assert isinstance(made, bytes)
    return made


def page_of(made: dict[str, Any]) -> str:
    text = reading.read(rendered(record_of(made))).text
    assert text is not None
    return text


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return facts()


@pytest.fixture(scope="module")
def page(made: dict[str, Any]) -> str:
    return page_of(made)


def test_an_untouched_page_says_what_was_signed(made: dict[str, Any], page: str) -> None:
    assert differing(made, page) == ()


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Łukasiewicz",
        "Nguyễn Thị Hồng",
        "Ṣẹ́gun Ọlátúnjí",
        "Ἀχιλλεύς Πηλεΐδης",
        "Өмірбек Ғаниұлы",
        "Արամ Խաչատրյան",
        "דוד בן־גוריון",
        "Jean-Luc ffrench-Ffiske",
        "W" * 120,
        "Konstantinopoulou-Papadimitriou " * 3 + "of Somewhere Else",
    ],
)
def test_no_name_is_wrongly_accused(name: str) -> None:
    made = facts(name=name, is_demo=False)
    assert differing(made, page_of(made)) == ()


def test_a_file_of_before_licences_is_read_as_it_was(made: dict[str, Any], page: str) -> None:
    old = first_form(made)
    assert differing(old, page_of(old)) == ()
    assert "Licence" not in page_of(old)
    assert "licences" in differing(made, page_of(old)), "the control"


OTHERWISE = {
    "provider": ("Harbour", "Harvard"),
    "demonstration": ("Demonstration: not valid for credit", ""),
    "title": ("Record of study", "Certificate of Achievement"),
    "name": ("Chidinma", "Jane"),
    "licences": ("MT 004711", "MT 004712"),
    "statement": ("passed its", "excelled in its"),
    "course": ("hot weather", "every weather"),
    "marker": ("no CE credit", "2 CE credit"),
    "credit": ("Credit: none.", "Credit: 2.0 CE."),
    "completed": ("22 November 2026", "21 October 2026"),
    "score": ("91 % (11/12", "99 % (11/12"),
    "pass_mark": ("75 %", "95 %"),
    "activity": ("Home study, online", "Live, in class"),
    "reading": ("21.6 minutes", "216 minutes"),
    "subjects": ("Neurology", "Ethics"),
    "authors": ("Ada Lindqvist", "Ada Byron"),
    "sign_off": ("Not yet signed", "Already signed"),
    "version": ("3, of", "4, of"),
    "language": ("English", "French"),
    "issued_at": ("10:00 UTC", "10:01 UTC"),
    "contact": ("courses@harbour.example", "me@example.net"),
    "key": ("0123abcd", "0123abce"),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_each_fact_that_the_page_states_otherwise_is_named(name: str) -> None:
    made = facts(completed_at=_midday())
    words, text = printed(made), page_of(made)
    old, new = (part.replace(" %", "\N{NO-BREAK SPACE}%") for part in OTHERWISE[name])
    assert old.replace("\N{NO-BREAK SPACE}", " ") in words[name].replace("\N{NO-BREAK SPACE}", " ")
    forged = _replaced(text, words[name], old, new)
    assert name in differing(made, forged)
    assert len(differing(made, forged)) <= 2  # a neighbour, where something was put in between


def _midday() -> Any:
    from tests.support.moved_clock import NOW  # noqa: PLC0415

    return NOW.replace(hour=10, minute=0, day=22)


def _replaced(text: str, words: str, old: str, new: str) -> str:
    """Change a fact where it stands: line ends and kinds of space differ on the page."""
    flat = " ".join(text.split())
    words, old, new = (" ".join(part.split()) for part in (words, old, new))
    assert words in flat, words
    return flat.replace(words, words.replace(old, new, 1), 1)


def test_the_code_and_address_are_compared_too(made: dict[str, Any], page: str) -> None:
    code = printed(made)["code"]
    other = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert set(differing(made, page.replace(code, other))) == {"verify_at", "code"}


def test_text_that_was_added_is_found(made: dict[str, Any], page: str) -> None:
    assert differing(made, page + "\nWith honours") == ("key",)
    assert "name" in differing(made, page.replace("Maya", "Dr Maya"))


def test_a_page_that_lost_a_line_is_found(made: dict[str, Any], page: str) -> None:
    assert differing(made, page.replace("For study; no CE credit\n", "")) == ("marker",)
    assert len(differing(made, "")) == len(printed(made))


def test_a_hebrew_name_with_other_letters_is_named() -> None:
    made = facts(name="דוד בן־גוריון")
    assert differing(made, page_of(made).replace("דוד", "דור")) == ("name",)


def test_a_record_alone_has_no_page(made: dict[str, Any]) -> None:
    record = record_of(made)
    assert reading.read(record.to_json().encode()) == reading.Carried(record, None)


def test_a_pdf_carries_the_record_byte_for_byte(made: dict[str, Any]) -> None:
    assert reading.read(rendered(record_of(made))).record == record_of(made)


def rewritten(content: bytes, *records: bytes, name: str = pdf.RECORD_NAME) -> bytes:
    """Return the page of a PDF with other attachments."""
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(content)))
    writer.root_object.get("/Names", {}).pop("/EmbeddedFiles", None)
    writer.root_object.pop("/AF", None)
    for record in records:
        writer.add_attachment(name, record)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("count", [0, 2])
def test_a_pdf_with_no_record_or_with_several_is_refused(made: dict[str, Any], count: int) -> None:
    record = record_of(made)
    content = rewritten(rendered(record), *[record.to_json().encode()] * count)
    with pytest.raises(RecordFaultError, match="exactly one"):
        reading.read(content)


def test_a_pdf_with_another_file_instead_is_refused(made: dict[str, Any]) -> None:
    record = record_of(made)
    content = rewritten(rendered(record), record.to_json().encode(), name="other.json")
    with pytest.raises(RecordFaultError, match="exactly one"):
        reading.read(content)


def test_an_exchanged_record_is_read_as_it_is(made: dict[str, Any]) -> None:
    other = record_of(facts(name="Zoë Marsh"))
    content = rewritten(rendered(record_of(made)), other.to_json().encode())
    carried = reading.read(content)
    assert carried.record == other
    assert carried.text is not None
    assert "name" in differing(other.facts, carried.text)


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n", b"%PDF-1.7\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF", b"%PDF-"],
)
def test_a_damaged_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(RecordFaultError, match="damaged"):
        reading.read(content)


def test_cut_and_garbled_files_are_refused_and_nothing_worse(made: dict[str, Any]) -> None:
    whole = rendered(record_of(made))
    for cut in range(100, len(whole), 4999):
        garbled = whole[:cut] + b"\0" * 50 + whole[cut + 50 :]
        for content in (whole[:cut], garbled):
            try:
                reading.read(content)
            except RecordFaultError:
                continue


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG"])
def test_another_file_is_no_certificate(content: bytes) -> None:
    with pytest.raises(RecordFaultError, match="not JSON"):
        reading.read(content)


def test_a_huge_file_is_not_even_opened() -> None:
    with pytest.raises(RecordFaultError, match="larger"):
        reading.read(b"%PDF-" + b" " * reading.SIZE_CAP)


def test_without_the_extra_the_error_names_the_command(
    made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = rendered(record_of(made))
    monkeypatch.setattr(builtins, "__import__", without("pypdf"))
    with pytest.raises(PdfExtraMissingError):
        reading.read(content)
