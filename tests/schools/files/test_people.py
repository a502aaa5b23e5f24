"""Columns are guessed, people are read, faults are named with line and column, rows are matched."""

import pytest

from cpd.schools.files.rules.layouts import Layout, PersonField, guess_layout
from cpd.schools.files.rules.matching import (
    KeptReason,
    Learner,
    Match,
    MatchedBy,
    identify_row,
    match_rows,
)
from cpd.schools.files.rules.people import (
    FaultyCell,
    Person,
    RowFault,
    put_first_name_first,
    read_people,
)
from cpd.schools.files.rules.table_reading import read_table
from tests.schools.files.grade_files import CANVAS, LEARNERS, MOODLE, SEMICOLONS

NAME, FIRST, LAST = PersonField.NAME, PersonField.FIRST_NAME, PersonField.LAST_NAME
EMAIL, NUMBER = PersonField.EMAIL, PersonField.NUMBER


@pytest.mark.parametrize(
    ("contents", "layout"),
    [
        pytest.param(CANVAS, Layout(1, {EMAIL: 3, NUMBER: 2, NAME: 0}), id="Canvas"),
        pytest.param(MOODLE, Layout(1, {EMAIL: 5, NUMBER: 2, FIRST: 0, LAST: 1}), id="Moodle"),
        pytest.param(SEMICOLONS, Layout(2, {EMAIL: 2, FIRST: 1, LAST: 0}), id="title above"),
        pytest.param(b"Student,ID,SIS Login ID\nMaya Lee,7,mlee\n",
                     Layout(1, {NUMBER: 1, NAME: 0}), id="a login is no address"),
        pytest.param(b"maya@a.example\tMaya Lee\tHS-2041\nben@a.example\tBen O\tHS-2042",
                     Layout(None, {EMAIL: 0, NAME: 1, NUMBER: 2}), id="no titles"),
        pytest.param(b"Whom,Where\nMaya Lee,maya@a.example\nBen O,ben@a.example\n",
                     Layout(1, {EMAIL: 1, NAME: 0}), id="titles of their own"),
        pytest.param(b"Whom,Where\nx1,y2\n", Layout(1, {}), id="nothing to see"),
        pytest.param(b"E-Mail;Pr\xc3\xa9nom\n", Layout(1, {EMAIL: 0, FIRST: 1}), id="only titles"),
        pytest.param(b"Maya Lee\n", Layout(None, {NAME: 0}), id="one name"),
        pytest.param(b",\n,", Layout(None, {}), id="no text"),
    ],
)  # fmt: skip
def test_columns_are_guessed(contents: bytes, layout: Layout) -> None:
    assert guess_layout(read_table(contents)) == layout


ROSTER = """\
Number,Name,Email
 1 ,"Lee,  Maya",MAYA@A.example
2,,ben@a.example
3,Zo\u200bë,zoe.a.example

1,42,
4,Maya Lee,maya@a.example
{long},Ana,ana@bücher.example
"""


def test_every_fault_has_its_line_and_column() -> None:
    table = read_table(ROSTER.format(long="9" * 41).encode())
    read = read_people(table, guess_layout(table))
    assert read.people[0] == Person(2, "Maya Lee", "maya@a.example", "1")
    assert read.faults == (
        FaultyCell(3, 1, RowFault.NO_NAME),
        FaultyCell(4, 1, RowFault.BAD_NAME, "Zo\u200bë"),
        FaultyCell(4, 2, RowFault.BAD_EMAIL, "zoe.a.example"),
        FaultyCell(6, 1, RowFault.BAD_NAME, "42"),
        FaultyCell(6, 2, RowFault.NO_EMAIL),
        FaultyCell(6, 0, RowFault.DOUBLE_NUMBER, "1", 2),
        FaultyCell(7, 2, RowFault.DOUBLE_EMAIL, "maya@a.example", 2),
        FaultyCell(8, 0, RowFault.BAD_NUMBER, "9" * 41),
    )
    assert [person.line for person in read.sound] == [2]
    assert read.people[-1].email == "ana@xn--bcher-kva.example"


def test_a_fault_in_a_missing_column_has_none() -> None:
    table = read_table(b"Name\nMaya Lee\n")
    assert read_people(table, guess_layout(table)).faults == (
        FaultyCell(2, None, RowFault.NO_EMAIL),
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [("Lee, Maya", "Maya Lee"), ("Maya Lee", "Maya Lee"), ("Lee,", "Lee,"), ("a, b, c", "a, b, c")],
)
def test_names_are_turned_round(written: str, name: str) -> None:
    assert put_first_name_first(written) == name


def matched(text: str, confirmed: dict[str, str] | None = None) -> dict[int, str]:
    table = read_table(f"Name,Email,Number\n{text}\n".encode())
    found = match_rows(table, guess_layout(table), LEARNERS, confirmed)
    reasons = {row.line: row.reason.value for row in found.kept}
    return {match.line: f"{match.key} {match.by}" for match in found.found} | reasons


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("Somebody,ben@harbour.example,20260101", "maya number"),
        ("Somebody,BEN@harbour.example,777", "ben email"),
        ("Somebody,klara@school.example,", "klara email"),
        ("KLARA WEISS,private@home.example,", "klara name"),
        ("Klara Wei,,", KeptReason.UNMATCHED),
        ("Max points,,100", KeptReason.TOTALS),
        (" , ,", KeptReason.BLANK),
    ],
)
def test_a_row_is_matched_by_number_then_address_then_name(row: str, outcome: str) -> None:
    assert matched(row) == {2: outcome}


def test_a_namesake_with_another_number_is_somebody_else() -> None:
    assert matched("Klara Weiß,,20269999\n,,20260101") == {2: "unmatched", 3: "maya number"}
    assert matched("Klara Weiß,,20269999") == {2: "klara name"}, "the numbers of another system"


def test_confirmed_pairs_come_first_if_the_learner_is_still_there() -> None:
    row = "Klara W,private@home.example,"
    assert matched(row) == {2: "unmatched"}
    assert matched(row, {"email private@home.example": "klara"}) == {2: "klara confirmed"}
    assert matched(row, {"email private@home.example": "gone"}) == {2: "unmatched"}
    assert matched("Klara Weiß,,") == {2: "klara name"}
    assert matched("Klara Weiß,,", {"name klara weiss": ""}) == {2: "unmatched"}


def test_a_row_is_known_again_by_number_address_or_name() -> None:
    assert identify_row(Person(2, "Maya", "m@a.example", "7")) == "number 7"
    assert identify_row(Person(2, "Maya", "m@a.example")) == "email m@a.example"
    assert identify_row(Person(2, "Zoë  Lee")) == "name zoe lee"


def test_two_learners_of_one_name_are_never_guessed() -> None:
    table = read_table(b"Name,Number\nAna Lee,\nAna Lee,2\n")
    learners = [Learner("one", "Ana Lee", number="1"), Learner("two", "Ana Lee", number="2")]
    found = match_rows(table, guess_layout(table), learners)
    assert found.found == (Match(3, "two", MatchedBy.NUMBER),)
    assert [(row.line, row.reason) for row in found.kept] == [(2, KeptReason.SAME_NAME)]
    assert found.missing == ("one",)


def test_two_rows_of_one_learner_both_stay() -> None:
    rows = "Maya Lindqvist,,20260101\nMaya Lindqvist,maya@harbour.example,"
    assert matched(rows) == {2: "double", 3: "double"}
