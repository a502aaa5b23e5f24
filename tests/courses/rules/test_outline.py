"""Finding the way in a course."""

import pytest

from cpd.courses.rules.outline import Outline, Part, is_open, is_required

ONE, TWO = Part(2, 2, "rev_2", "one", "One", 300), Part(3, 3, "rev_3", "two", "Two", 200)
EXTRA = Part(4, 4, "rev_4", "extra", "Extra", 900, {"required": False})
HEAT, SHEET = Part(5, 5, "rev_5", "heat", "Heat"), Part(6, 6, "rev_6", "sheet", "Sheet")
OUTLINE = Outline(
    course=Part(1, 1, "rev_1", "course", "Course"),
    exam=Part(7, 7, "rev_7", "exam", "Exam"),
    sections=(ONE, TWO, EXTRA),
    practice={"one": (HEAT, SHEET), "two": (HEAT,)},
    hazards=(HEAT,),
    tools=(SHEET,),
)


def test_parts_are_found_by_name_and_type() -> None:
    assert OUTLINE.section("two") is TWO
    assert OUTLINE.hazard("heat") is HEAT
    assert OUTLINE.tool("sheet") is SHEET
    assert OUTLINE.section("heat") is None
    assert OUTLINE.hazard("two") is None
    assert OUTLINE.tool("nine") is None


@pytest.mark.parametrize(
    ("section", "number", "before", "after"),
    [(ONE, 1, None, TWO), (TWO, 2, ONE, EXTRA), (EXTRA, 3, TWO, None)],
)
def test_the_order_of_sections(
    section: Part, number: int, before: Part | None, after: Part | None
) -> None:
    assert OUTLINE.number(section) == number
    assert OUTLINE.before(section) is before
    assert OUTLINE.after(section) is after


def test_a_section_is_required_unless_it_says_otherwise() -> None:
    assert is_required(ONE)
    assert not is_required(EXTRA)
    assert OUTLINE.words == 500


def test_practice_is_counted_over_all_sections() -> None:
    assert OUTLINE.practice_count == 3


def test_a_sheet_is_open_where_it_says_so() -> None:
    assert is_open(Part(8, 8, "rev_8", "card", "Card", front={"open": True}))
    assert not is_open(Part(8, 8, "rev_8", "card", "Card", front={"open": False}))
    assert not is_open(SHEET)
