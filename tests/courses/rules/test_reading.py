"""What of a course is done and left, how long it takes, and what it may claim."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cpd.courses.rules import reading
from cpd.courses.rules.outline import Outline
from cpd.courses.rules.reading import Missing, Place, Progress, SectionState
from tests.factories import outlines

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 13, tzinfo=UTC)


OUTLINE = Outline(
    course=outlines.course(),
    exam=outlines.exam(),
    sections=(
        outlines.section("one", words=1100),
        outlines.section("two", words=900),
        outlines.section("extra", words=5000, is_required=False),
    ),
    practice={
        "one": (outlines.case("mina", words=200), outlines.case("tomas", words=150)),
        "two": (),
    },
)


def progress(*finished: str, answered: tuple[str, ...] = ()) -> Progress:
    return reading.build_progress(OUTLINE, dict.fromkeys(finished, NOON), frozenset(answered))


@pytest.mark.parametrize(
    ("ended", "answered", "state"),
    [
        pytest.param(False, (), SectionState.TO_READ, id="nothing yet"),
        pytest.param(False, ("mina",), SectionState.BEGUN, id="one case decided"),
        pytest.param(False, ("mina", "tomas"), SectionState.BEGUN, id="cases but not the text"),
        pytest.param(True, (), SectionState.BEGUN, id="the text but no case"),
        pytest.param(True, ("mina",), SectionState.BEGUN, id="one case is left"),
        pytest.param(True, ("mina", "tomas"), SectionState.DONE, id="all of it"),
    ],
)
def test_the_state_of_a_section(
    ended: bool, answered: tuple[str, ...], state: SectionState
) -> None:
    one = progress(*(["one"] if ended else []), answered=answered).section("one")
    assert one.state is state
    assert one.is_done is (state is SectionState.DONE)


def test_before_the_first_section_all_that_the_course_claims_is_left() -> None:
    assert progress().time_left == reading.build_reading_credit(OUTLINE).total_time


def test_what_is_left_is_what_the_exam_still_asks_to_be_read() -> None:
    assert progress("one").time_left.words == 900
    assert progress("two", answered=("mina",)).time_left.words == 1100 + 200 + 150
    assert progress("one", "two").time_left.minutes == 0


def test_a_section_without_cases_is_done_when_it_is_read() -> None:
    assert progress("two").section("two").state is SectionState.DONE
    assert progress().section("two").state is SectionState.TO_READ


def test_there_is_no_progress_in_a_section_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        progress().section("nine")


@pytest.mark.parametrize(
    ("ended", "answered", "left"),
    [
        pytest.param((), (), ["one", "two"], id="all"),
        pytest.param(("one", "two"), (), ["one"], id="practice is missing"),
        pytest.param(("two",), ("mina", "tomas"), ["one"], id="the text is missing"),
        pytest.param(("one", "two"), ("mina", "tomas"), [], id="met without the optional section"),
        pytest.param(
            ("one", "extra"), ("mina", "tomas"), ["two"], id="the optional one is no help"
        ),
    ],
)
def test_the_gate(ended: tuple[str, ...], answered: tuple[str, ...], left: list[str]) -> None:
    found = progress(*ended, answered=answered)
    assert [one.section.slug for one in found.unfinished_required_sections] == left
    assert found.is_required_reading_done is (not left)


def test_answers_to_cases_of_other_courses_do_not_count() -> None:
    assert progress("one", "two", answered=("mina", "elsewhere")).unfinished_required_sections


def test_the_instants_of_the_gate() -> None:
    found = reading.build_progress(OUTLINE, {"one": NOON, "two": LATER})
    assert found.finish_times_by_section == {"one": NOON, "two": LATER}
    assert found.finished_count == 2


@pytest.mark.parametrize(
    ("ended", "answered", "following"),
    [
        pytest.param((), (), "one", id="the beginning"),
        pytest.param(("one",), (), "two", id="reading before practice"),
        pytest.param(("one", "two", "extra"), (), "one", id="then the practice that is left"),
        pytest.param(("one", "two", "extra"), ("mina", "tomas"), None, id="nothing is left"),
    ],
)
def test_where_to_go_on(
    ended: tuple[str, ...], answered: tuple[str, ...], following: str | None
) -> None:
    found = progress(*ended, answered=answered).next_section
    assert (found.section.slug if found else None) == following


@pytest.mark.parametrize(
    ("ended", "section", "goes_on", "resumes"),
    [
        pytest.param((), "two", "two", True, id="in the section left off"),
        pytest.param(("one",), "one", "two", False, id="not in one that was ended"),
        pytest.param((), "gone", "one", False, id="nor in one that is not there"),
        pytest.param(("one", "two", "extra"), "two", "one", False, id="nor when all are ended"),
    ],
)
def test_where_the_reader_left_off(
    ended: tuple[str, ...], section: str, goes_on: str, resumes: bool
) -> None:
    place = Place(section, "heat", 3, NOON)
    found = reading.build_progress(OUTLINE, dict.fromkeys(ended, NOON), place=place)
    assert found.next_section is not None
    assert found.next_section.section.slug == goes_on
    assert found.place_to_resume == (place if resumes else None)
    assert progress().place_to_resume is None


@pytest.mark.parametrize(
    ("ended", "answered", "anchor", "case"),
    [
        pytest.param((), (), "", None, id="the text comes first"),
        pytest.param((), (), "heat", None, id="a heading is no case"),
        pytest.param((), (), "case-tomas", "tomas", id="the one left off at"),
        pytest.param((), ("tomas",), "case-tomas", None, id="not if it is decided"),
        pytest.param(("one", "two", "extra"), ("mina",), "", "tomas", id="the first one left"),
        pytest.param(("one", "two", "extra"), (), "case-tomas", "tomas", id="or the one left off"),
        pytest.param(("one", "two", "extra"), ("mina", "tomas"), "", None, id="none is left"),
    ],
)
def test_at_which_practice_case_to_go_on(
    ended: tuple[str, ...], answered: tuple[str, ...], anchor: str, case: str | None
) -> None:
    found = reading.build_progress(
        OUTLINE,
        dict.fromkeys(ended, NOON),
        frozenset(answered),
        place=Place("one", anchor, 3, NOON) if anchor else None,
    ).practice_case_to_resume
    assert (found.slug if found else None) == case


@pytest.mark.parametrize(
    ("before", "is_worth_it"),
    [
        pytest.param(None, True, id="the first"),
        pytest.param(Place("one", "heat", 2, NOON), True, id="another line"),
        pytest.param(Place("one", "heat", 3, NOON), False, id="the same line"),
        pytest.param(Place("one", "heat", 2, LATER - timedelta(seconds=1)), False, id="too soon"),
    ],
)
def test_a_place_is_noted_when_it_is_news(before: Place | None, is_worth_it: bool) -> None:
    assert Place("one", "heat", 3, LATER).is_worth_storing(before) is is_worth_it


def test_only_required_reading_counts() -> None:
    more = {**OUTLINE.practice, "extra": (outlines.case("lena", words=900),)}
    credit = reading.build_reading_credit(replace(OUTLINE, practice=more))
    assert (credit.sections.words, credit.practice.words, credit.word_count) == (2000, 350, 2350)
    assert (credit.total_time.minutes_to_one_decimal, credit.ce_text) == (Decimal("11.8"), "0.19")


@pytest.mark.parametrize(
    ("words", "hundredths"),
    [
        pytest.param(12_000, 100, id="the rule itself"),
        pytest.param(11_999, 99, id="never rounded up"),
        pytest.param(1_000, 8, id="the article this began with"),
        pytest.param(119, 0, id="less than a hundredth"),
        pytest.param(0, 0, id="nothing"),
    ],
)
def test_words_to_credit(words: int, hundredths: int) -> None:
    outline = Outline(
        course=outlines.course(),
        exam=outlines.exam(),
        sections=(outlines.section("one", words=words),),
    )
    assert reading.build_reading_credit(outline).hundredths_of_ce == hundredths


@pytest.mark.parametrize("approved", [True, False])
@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("reviewed", [True, False])
def test_credit_needs_approval_signature_and_review(
    approved: bool, signed: bool, reviewed: bool
) -> None:
    missing = reading.missing_for_credit(
        is_approved=approved, is_signed=signed, is_reviewed=reviewed
    )
    assert (Missing.APPROVAL in missing) is not approved
    assert (Missing.SIGN_OFF in missing) is not signed
    assert (Missing.REVIEW in missing) is not reviewed
    assert (not missing) is (approved and signed and reviewed)
