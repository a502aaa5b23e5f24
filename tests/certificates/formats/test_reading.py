"""Files read back: the record that they carry, and nothing of what a reader makes of the page."""

import io
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from cpd.certificates.formats.format import MissingExtraError
from cpd.certificates.formats.registry import FORMATS, MAX_FILE_BYTES, read_record
from cpd.certificates.rules.record import RECORD_FILE_NAME, Record, RecordFaultError, build_manifest
from cpd.kernel import canonical
from tests.factories.certificates import facts, first_form
from tests.support.missing_packages import take_away

PDF = FORMATS["pdf"]


def record_of(made: dict[str, Any]) -> Record:
    return Record(canonical.encode(made).decode(), build_manifest(made), "x" * 86, made["key"])


def rendered(record: Record) -> bytes:
    made = PDF.render(record)
    assert isinstance(made, bytes)
    return made


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return facts()


def test_a_record_alone_is_read(made: dict[str, Any]) -> None:
    record = record_of(made)
    assert read_record(record.to_json().encode()) == record


def test_a_pdf_carries_the_record_byte_for_byte(made: dict[str, Any]) -> None:
    assert read_record(rendered(record_of(made))) == record_of(made)


def test_a_file_of_before_licences_is_read_as_it_was(made: dict[str, Any]) -> None:
    old = record_of(first_form(made))
    assert read_record(rendered(old)) == old


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
        read_record(content)


def test_a_pdf_with_another_file_instead_is_refused(made: dict[str, Any]) -> None:
    record = record_of(made)
    content = rewritten(rendered(record), record.to_json().encode(), name="other.json")
    with pytest.raises(RecordFaultError, match="exactly one"):
        read_record(content)


def test_an_exchanged_record_is_read_as_it_is(made: dict[str, Any]) -> None:
    other = record_of(facts(name="Zoë Marsh"))
    content = rewritten(rendered(record_of(made)), other.to_json().encode())
    assert read_record(content) == other


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n", b"%PDF-1.7\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF", b"%PDF-"],
)
def test_a_damaged_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(RecordFaultError, match="damaged"):
        read_record(content)


def test_cut_and_garbled_files_are_refused_and_nothing_worse(made: dict[str, Any]) -> None:
    whole = rendered(record_of(made))
    for cut in range(100, len(whole), 4999):
        garbled = whole[:cut] + b"\0" * 50 + whole[cut + 50 :]
        for content in (whole[:cut], garbled):
            try:
                read_record(content)
            except RecordFaultError:
                continue


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG"])
def test_another_file_is_no_certificate(content: bytes) -> None:
    with pytest.raises(RecordFaultError, match="not JSON"):
        read_record(content)


def test_a_huge_file_is_not_even_opened() -> None:
    with pytest.raises(RecordFaultError, match="larger"):
        read_record(b"%PDF-" + b" " * MAX_FILE_BYTES)


def test_without_the_extra_the_error_names_the_command(
    made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = rendered(record_of(made))
    take_away(monkeypatch, "pypdf")
    with pytest.raises(MissingExtraError):
        read_record(content)
