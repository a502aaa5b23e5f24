"""Finding the codes in what somebody pastes or saves from a spreadsheet."""

import pytest

from cpd.certificates.code_lists.rules.reading import (
    MAX_BYTES,
    MAX_CODES,
    ListFault,
    parse_listed_codes,
)

CODE = "8Q9ZT-4M2XA-9WPL0-77KHC-3D5RF-2ABCDE"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (CODE, [CODE]),
        (f"\ufeff{CODE.lower()}\r\n\r\n{CODE}\n", [CODE.lower(), CODE]),
        (f'Name,Code\nMaya,"{CODE}"\n', [CODE]),
        (f"Maya Okafor\t{CODE}\tpaid", [CODE]),
        (f"https://cpd.example.org/verify/{CODE}/", [CODE]),
        (f"Code\n{CODE}\nabc\n", [CODE, "abc"]),
        ("x" * 200 + "1", ["x" * 80]),
        ("", ListFault.EMPTY),
        (" ,;\n", ListFault.EMPTY),
        ("Name, Code", ListFault.EMPTY),
        ("PK\0\3", ListFault.NOT_TEXT),
        (f"{CODE}\n" * MAX_CODES, [CODE] * MAX_CODES),
        (f"{CODE}\n" * (MAX_CODES + 1), ListFault.TOO_MANY),
        ("x" * (MAX_BYTES + 1), ListFault.TOO_LARGE),
    ],
)
def test_codes_in_a_list(content: str, found: list[str] | ListFault) -> None:
    assert parse_listed_codes(content.encode()) == found


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"Zo\xeb;" + CODE.encode(), [CODE]), (b"\xff\0\xfe", ListFault.NOT_TEXT)],
)
def test_other_encodings(content: bytes, found: list[str] | ListFault) -> None:
    assert parse_listed_codes(content) == found
