"""What CE Broker answers: read in both forms, and matched with the rows of one file."""

from datetime import date

import pytest

from cpd.reporting.rules.receipts import (
    MOST_BYTES,
    MOST_LINES,
    MatchFault,
    MatchFaultKind,
    ReceiptFault,
    ReceiptLine,
    SentRow,
    match_receipt,
    parse_receipt,
)
from cpd.reporting.rules.states import Owner, find_owner

DAY = date(2026, 11, 28)
XML = b"""<?xml version="1.0"?>
<string xmlns="https://webservices.cebroker.com/"><rosters>
<roster id_course="20-77" Message="" TimeStamp="12/1/2026 1:07:42 PM"><attendees>
<attendee licensee_number="" state_license_format="MA 1" date_completed="11/28/2026"
  id_roster="9001" Message="" /></attendees></roster>
<roster id_course="77"><attendees>
<attendee license="MA 2" ErrorCode="80" Message="Invalid license
 Number" /></attendees></roster>
</rosters></string>"""
LINES = [
    ReceiptLine(1, "MA 1", "77", DAY, "9001"),
    ReceiptLine(2, "MA 2", "77", None, "", "Invalid license Number"),
]


def test_both_forms_say_the_same() -> None:
    assert parse_receipt(XML) == LINES
    heading = "License No.;Course Tracking Number;Date Completed;ID;Error"
    for encoding in ("utf-8-sig", "cp1252"):
        text = (
            f"{heading}\r\nMA 1;20-77;2026-11-28;9001;\r\n\r\nMA 2;77;;;Invalid license Number\r\n"
        )
        assert parse_receipt(text.encode(encoding)) == LINES
    tabs = "License\tMessage\tID\tName\nMA 1\t\t9001\tZo\xeb\n".encode("cp1252")
    assert parse_receipt(tabs) == [ReceiptLine(1, "MA 1", reference="9001")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"  ", ReceiptFault.EMPTY),
        (b"x" * (MOST_BYTES + 1), ReceiptFault.TOO_LARGE),
        (b"License,ID\n" + b"1,2\n" * (MOST_LINES + 1), ReceiptFault.TOO_LARGE),
        (b"PK\x03\x04...", ReceiptFault.SPREADSHEET),
        (b"\xd0\xcf\x11\xe0...", ReceiptFault.SPREADSHEET),
        (b"<rosters><roster>", ReceiptFault.BROKEN_XML),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a license="&b;"/>', ReceiptFault.BROKEN_XML),
        (b"<a>" * 30, ReceiptFault.BROKEN_XML),
        (b"<?xml version='1.0' encoding='nothing'?><a/>", ReceiptFault.BROKEN_XML),
        (b"<?xml version='1.0' encoding='shift_jis'?><a/>", ReceiptFault.BROKEN_XML),
        (b"\xef\xbb\xbf", ReceiptFault.NO_COLUMNS),
        (b"\xa0\xa0", ReceiptFault.NO_COLUMNS),
        (b"<rosters/>", ReceiptFault.NO_RECORDS),
        (b"Name,ID\nMaya,1\n", ReceiptFault.NO_COLUMNS),
        (b"License,Name\nMA 1,Maya\n", ReceiptFault.NO_COLUMNS),
        (b"License,ID\n" + b'"' + b"x" * 200_000 + b'"', ReceiptFault.NO_COLUMNS),
        (b"License,ID\n", ReceiptFault.NO_RECORDS),
        (b"License,ID\n,7\n", ReceiptFault.NO_RECORDS),
    ],
)
def test_what_cannot_be_an_answer(content: bytes, fault: ReceiptFault) -> None:
    assert parse_receipt(content) is fault


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1/2/2026", date(2026, 1, 2)),
        ("01/02/2026 1:07:42 PM", date(2026, 1, 2)),
        ("13/40/2026", None),
        ("soon", None),
    ],
)
def test_days_are_american_or_iso(text: str, day: date | None) -> None:
    (line,) = parse_receipt(f"License,Completion Date,ID\nMA 1,{text},7\n".encode())
    assert isinstance(line, ReceiptLine)
    assert line.day == day


ROWS = [
    SentRow(1, "MA 1", "77", DAY),
    SentRow(2, "MA-2", "77", DAY),
    SentRow(3, "MA 3", "77", DAY),
    SentRow(4, "MA 3", "88", DAY),
]


def line(number: int, license_: str, *, course: str = "", reference: str = "9") -> ReceiptLine:
    return ReceiptLine(number, license_, course, reference=reference)


def test_order_and_missing_rows_do_not_matter() -> None:
    lines = [line(1, "ma2"), line(2, "1"), line(3, "MA 3", course="88"), line(4, "MA 1")]
    matched = match_receipt(ROWS, lines)
    assert isinstance(matched, dict)
    assert {id_: it.license for id_, it in matched.items()} == {1: "MA 1", 2: "ma2", 4: "MA 3"}
    assert match_receipt(ROWS, [line(1, "MA 1", reference="")]) == {}


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([line(1, "MA 1"), line(2, "MA 7")], MatchFaultKind.FOREIGN),
        ([line(1, "MA 1"), line(2, "MA 2", course="99")], MatchFaultKind.FOREIGN),
        ([line(1, "MA 1"), line(2, "MA 3")], MatchFaultKind.AMBIGUOUS),
        ([line(1, "MA 1"), line(2, "MA 1", reference="8")], MatchFaultKind.CONTRADICTS),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_as_a_whole(
    lines: list[ReceiptLine], kind: MatchFaultKind
) -> None:
    assert match_receipt(ROWS, lines) == MatchFault(kind, lines[1])


@pytest.mark.parametrize(
    ("message", "owner"),
    [
        ("Invalid license Number", Owner.HOLDER),
        ("Licensee not found", Owner.HOLDER),
        ("The licence is unknown", Owner.HOLDER),
        ("Course is not approved", Owner.PROVIDER),
        ("Invalid profession code", Owner.PROVIDER),
    ],
)
def test_who_can_put_a_refusal_right(message: str, owner: Owner) -> None:
    assert find_owner(message) is owner
