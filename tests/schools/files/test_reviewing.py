"""The preview of a filled file: what is guessed, what a person chooses, and what it leads to."""

from decimal import Decimal
from fractions import Fraction

import pytest

from cpd.schools.files.rules.changes import Change
from cpd.schools.files.rules.layouts import PersonField
from cpd.schools.files.rules.reviewing import Choices, OpenFile, Review, open_file, review_file
from cpd.schools.files.rules.scaling import find_most, parse_most, scale_score
from cpd.schools.files.rules.table_reading import read_table
from tests.schools.files.grade_files import CANVAS, LEARNERS, MOODLE

SCORES = {"maya": Fraction(37, 40), "ben": Fraction(2, 3)}


def review(
    contents: bytes, choices: Choices | None = None, title: str = "Massage and MS"
) -> tuple[OpenFile, Review]:
    opened = open_file(contents, "", choices or Choices())
    remembered = {"number 20269999": "dimitris"}
    return opened, review_file(
        opened, learners=LEARNERS, scores=SCORES, title=title, remembered=remembered
    )


def test_all_is_guessed_where_the_file_says_it() -> None:
    opened, seen = review(CANVAS)
    assert (seen.column, seen.most, opened.confirmed) == (6, Decimal("100.00"), {})
    assert seen.matches.missing == ()
    assert seen.filling is not None
    assert seen.filling.changes == [Change(4, 6, "", "92.5"), Change(5, 6, "EX", "66.66")]
    assert [row.line for row in seen.filling.kept] == [2, 3, 6, 7, 8]
    assert opened.people[7].name == "Una Unknown"
    assert opened.row_identities[:2] == ["name points possible", "number 20260101"]


def test_what_a_person_chooses_is_done_instead() -> None:
    columns = {PersonField.NAME: 0}
    choices = Choices(
        column=5, most=Decimal(10), columns=columns, pairs={2: "ben", 4: "", 8: "ben", 99: "x"}
    )
    opened, seen = review(CANVAS, choices)
    assert seen.filling is not None
    assert seen.filling.changes == [], "two rows are now Ben's, and one is nobody's"
    assert opened.confirmed == {"name maya lindqvist": "", "name test student": "ben"}
    assert review(MOODLE, Choices(column=7))[1].column == 7


@pytest.mark.parametrize("title", ["", "Anatomy", "o"])
def test_nothing_is_filled_before_the_column_is_known(title: str) -> None:
    _, seen = review(CANVAS, title=title)
    assert (seen.column, seen.filling) == (None, None)
    assert review(b"maya@a.example\nben@a.example\n")[1].column is None


@pytest.mark.parametrize(
    ("score", "most", "points"),
    [(Fraction(1), "100", "100"), (Fraction(0), "10", "0"),
     (Fraction(74_999, 10**5), "100", "74.99"),
     (Fraction(1, 3), "1", "0.33"), (Fraction(1, 2), "0.5", "0.25")],
)  # fmt: skip
def test_points_are_never_rounded_up(score: Fraction, most: str, points: str) -> None:
    assert f"{scale_score(score, Decimal(most)):f}" == points


@pytest.mark.parametrize(
    ("text", "most"),
    [("100", 100), (" 12,5 ", Decimal("12.5")), ("", None), ("0", None), ("-1", None),
     ("nan", None), ("inf", None), ("1e9", None), ("(read only)", None)],
)  # fmt: skip
def test_the_most_is_read_if_it_makes_sense(text: str, most: int | None) -> None:
    assert parse_most(text) == most


def test_the_file_says_what_can_be_reached() -> None:
    table = read_table(CANVAS)
    assert [find_most(table, column) for column in (5, 6, 7)] == [10, 100, 100]
