"""Finding the way in a course."""

import pytest

from cpd.courses.rules.outline import Outline, SectionPart
from tests.factories import outlines

ONE, TWO = outlines.section("one", words=300), outlines.section("two", words=200)
EXTRA = outlines.section("extra", words=900, is_required=False)
HEAT, SHEET = outlines.card("heat"), outlines.tool("sheet")
OUTLINE = Outline(
    course=outlines.course(),
    exam=outlines.exam(),
    sections=(ONE, TWO, EXTRA),
    practice={"one": (outlines.case("ana"), outlines.case("ben")), "two": (outlines.case("cem"),)},
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
    section: SectionPart, number: int, before: SectionPart | None, after: SectionPart | None
) -> None:
    assert OUTLINE.section_number(section) == number
    assert OUTLINE.section_before(section) is before
    assert OUTLINE.section_after(section) is after


def test_only_required_sections_count() -> None:
    assert OUTLINE.required_sections == (ONE, TWO)
    assert OUTLINE.required_word_count == 500


def test_practice_is_counted_over_all_sections() -> None:
    assert OUTLINE.practice_case_count == 3
