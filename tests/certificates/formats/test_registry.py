"""Formats: a file or folder and a line each; their files read back, and nothing else of them."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from cpd.certificates.formats.extras import MissingExtraError
from cpd.certificates.formats.pdf import typesetting
from cpd.certificates.formats.png import chunks
from cpd.certificates.formats.registry import (
    COMMON_CHARACTERS,
    FORMATS,
    MAX_FILE_BYTES,
    parse_record_of_file,
    unsupported_characters,
)
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import RECORD_FILE_NAME, Record, RecordFaultError, build_manifest
from cpd.kernel import canonical
from tests.factories.certificates import facts, first_form
from tests.support.house import CPD
from tests.support.missing_packages import take_away

PDF = FORMATS["pdf"]
FOLDER = CPD / "certificates" / "formats"
EXTRA = "formats/extras.py"
"""Names the extra of `pyproject.toml`, which happens to be called as a format is."""


def record_of(made: dict[str, Any]) -> Record:
    return Record(canonical.encode_json(made).decode(), build_manifest(made), "x" * 86, made["key"])


def rendered(record: Record) -> bytes:
    return PDF.build_file(record)


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return facts()


def test_each_format_is_a_file_or_a_folder_and_goes_by_its_name() -> None:
    beside = {path.stem for path in FOLDER.iterdir() if not path.name.startswith("__")}
    assert beside - {"extras", "format", "registry", "qr_code"} == set(FORMATS)
    assert [it.name for it in FORMATS.values()] == list(FORMATS)


def naming(name: str, folder: Path) -> set[str]:
    """Return the files outside a format's own folder that name it in code or in a template."""
    word = re.compile(rf"(?<![\w-]){name}(?!\w)")
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in {".py", ".html"}
        and folder / "formats" not in path.parent.parents  # a format may rest on another
        and word.search(path.read_text())
    }


@pytest.mark.parametrize("name", FORMATS)
def test_only_the_registry_names_a_format(name: str, tmp_path: Path) -> None:
    assert naming(name, FOLDER.parent) - {EXTRA} == {"formats/registry.py"}
    (tmp_path / "views.py").write_text(f"from cpd.certificates.formats import {name}\n")
    (tmp_path / "page.html").write_text(f"{{% if format.name == '{name}' %}}")
    assert naming(name, tmp_path) == {"views.py", "page.html"}, "the control"


def test_a_text_needs_letters_that_every_format_can_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert unsupported_characters("王 Maya 明") == []
    monkeypatch.setattr(typesetting, "MORE_FONTS", {})
    assert unsupported_characters("王 Maya 明") == ["王", "明"]
    assert unsupported_characters("Zoë Łukasiewicz") == []


def test_common_characters_are_those_of_every_format() -> None:
    for format_ in FORMATS.values():
        assert format_.unsupported_characters("".join(sorted(COMMON_CHARACTERS))) == ()


def test_a_record_alone_is_read(made: dict[str, Any]) -> None:
    record = record_of(made)
    assert parse_record_of_file(record.to_json().encode()) == record


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_carries_the_record_byte_for_byte(made: dict[str, Any], name: str) -> None:
    file = FORMATS[name].build_file(record_of(made))
    assert parse_record_of_file(file) == record_of(made)
    assert FORMATS[name].build_file(record_of(made)) == file


def test_a_picture_shows_the_page_and_holds_one_record(made: dict[str, Any]) -> None:
    record = record_of(made)
    file = FORMATS["png"].build_file(record)
    picture = Image.open(io.BytesIO(file))
    picture.load()
    assert picture.format == "PNG"
    assert picture.height > picture.width > 900
    bare = chunks.SIGNATURE + file[-12:]
    for other in (
        bare,
        chunks.insert_record(file, record),
        file[:40],
        chunks.SIGNATURE + b"\xff" * 99,
    ):
        with pytest.raises(RecordFaultError, match="exactly one"):
            parse_record_of_file(other)


def test_a_letter_has_title_date_and_hours_and_says_what_counts(made: dict[str, Any]) -> None:
    for facts_ in (made, made | {"licences": {"salt": "", "held": []}, "signatories": []}):
        reader = PdfReader(io.BytesIO(FORMATS["attestation"].build_file(record_of(facts_))))
        (page,) = reader.pages
        text = " ".join(page.extract_text().split())
        printed = printed_facts(facts_)
        assert f"We confirm that {printed['name']} {printed['statement']}." in text
        for fact in ("course", "completed", "marker", "credit", "provider", "contact", "code"):
            assert printed[fact] in text, fact
        assert "The certificate whose code is below is what counts." in text
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Letter of confirmation: Maya")


def test_a_file_of_before_licences_is_read_as_it_was(made: dict[str, Any]) -> None:
    old = record_of(first_form(made))
    assert parse_record_of_file(rendered(old)) == old


def rewritten(content: bytes, *records: bytes, name: str = RECORD_FILE_NAME) -> bytes:
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
        parse_record_of_file(content)


def test_a_pdf_with_another_file_instead_is_refused(made: dict[str, Any]) -> None:
    record = record_of(made)
    content = rewritten(rendered(record), record.to_json().encode(), name="other.json")
    with pytest.raises(RecordFaultError, match="exactly one"):
        parse_record_of_file(content)


def test_an_exchanged_record_is_read_as_it_is(made: dict[str, Any]) -> None:
    other = record_of(facts(name="Zoë Marsh"))
    content = rewritten(rendered(record_of(made)), other.to_json().encode())
    assert parse_record_of_file(content) == other


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n", b"%PDF-1.7\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF", b"%PDF-"],
)
def test_a_damaged_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(RecordFaultError, match="damaged"):
        parse_record_of_file(content)


def test_cut_and_garbled_files_are_refused_and_nothing_worse(made: dict[str, Any]) -> None:
    whole = rendered(record_of(made))
    for cut in range(100, len(whole), 4999):
        garbled = whole[:cut] + b"\0" * 50 + whole[cut + 50 :]
        for content in (whole[:cut], garbled):
            try:
                parse_record_of_file(content)
            except RecordFaultError:
                continue


@pytest.mark.parametrize("content", [b"", b"hello", b"\x88PNG"])
def test_another_file_is_no_certificate(content: bytes) -> None:
    with pytest.raises(RecordFaultError, match="not JSON"):
        parse_record_of_file(content)


def test_a_huge_file_is_not_even_opened() -> None:
    with pytest.raises(RecordFaultError, match="larger"):
        parse_record_of_file(b"%PDF-" + b" " * MAX_FILE_BYTES)


def test_without_the_extra_the_error_names_the_command(
    made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = rendered(record_of(made))
    take_away(monkeypatch, "pypdf")
    with pytest.raises(MissingExtraError):
        parse_record_of_file(content)
