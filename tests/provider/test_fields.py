"""What may be said of the provider: a wrong value is refused with the field and the fix."""

from pathlib import Path
from typing import Any

import pytest

from cpd.config import SettingsError
from cpd.provider import fields


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("name", " Harbour  Education ", "Harbour Education"),
        ("number", "451 88-2", "451 88-2"),
        ("number", "", ""),
        ("contact", "courses@harbour.example", "courses@harbour.example"),
        ("complaints", "https://harbour.example/complaints", "https://harbour.example/complaints"),
        ("postal", "Pier 4, Harbour", "Pier 4, Harbour"),
        ("colour", "#0A7B6C", "#0a7b6c"),
        ("signatories", "", []),
        (
            "signatories",
            "Ines Duarte, Director; Ravi Nair, Clinical lead",
            [
                {"name": "Ines Duarte", "title": "Director"},
                {"name": "Ravi Nair", "title": "Clinical lead"},
            ],
        ),
        ("pages", "", {}),
    ],
)
def test_what_is_kept(field: str, given: str, kept: Any) -> None:
    assert fields.parse_field(field, given) == kept


@pytest.mark.parametrize(
    ("field", "given", "says"),
    [
        ("name", " ", "name is empty, and certificates print it"),
        ("name", "H" * 201, "at most 200 characters"),
        ("number", "4\u202e5", "number is .* without invisible characters"),
        ("contact", "write to a@harbour.example", "use an email address such as"),
        ("complaints", "a@harbour..example", "use an email address such as"),
        ("postal", "P" * 401, "at most 400 characters"),
        ("colour", "green", "use # and six digits"),
        ("signatories", "Ines Duarte", "a name, a comma and a title"),
        ("pages", "/nowhere/pages", "is not a folder"),
        ("nmae", "Harbour", "did you mean name?"),
        ("logo", "boat.png", "boat.png cannot be read: No such file"),
    ],
)
def test_what_is_refused(field: str, given: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        fields.parse_field(field, given)


def test_a_logo_is_a_small_picture_in_png(tmp_path: Path) -> None:
    file = tmp_path / "boat.png"
    start, most = b"\x89PNG\r\n\x1a\n", 200_000
    file.write_bytes(start.ljust(most, b"-"))
    assert fields.parse_field("logo", str(file)) == file.read_bytes()
    assert fields.parse_field("logo", "") == b""
    file.write_bytes(start.ljust(most + 1, b"-"))
    with pytest.raises(SettingsError, match="larger than 200 kB"):
        fields.parse_field("logo", str(file))
    file.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    with pytest.raises(SettingsError, match="not a PNG picture"):
        fields.parse_field("logo", str(file))


def test_pages_are_the_texts_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "cost.md").write_text("\ufeffForty pounds.", encoding="utf-8")
    (tmp_path / "logo.txt").write_text("A boat.", encoding="utf-8")
    assert fields.parse_field("pages", str(tmp_path)) == {"cost": "Forty pounds."}
    (tmp_path / "cost.md").write_bytes("Vierzig Pfund für alles.".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"cost\.md is not UTF-8 text"):
        fields.parse_field("pages", str(tmp_path))
