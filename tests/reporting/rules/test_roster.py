"""The rows of a file, and what keeps a completion out of it."""

from datetime import date
from typing import Any

import pytest

from cpd.credit.authority_loading import load_authorities
from cpd.reporting.batches.roster_file import write_roster_file
from cpd.reporting.rules.duties import build_duty, find_ce_broker_duties
from cpd.reporting.rules.roster import (
    COURSE_PREFIX,
    Completion,
    RosterNumbers,
    RowFault,
    build_cells,
    build_completion,
    find_prefixed_number,
    find_row_faults,
    is_without_letters,
    parse_profession,
    parse_state,
    parse_tracking_number,
)

TODAY = date(2026, 12, 1)
DAY = date(2026, 11, 28)
NUMBERS = RosterNumbers("1234", "FL", "MT")
GOOD = Completion("MA 12345", DAY, "77")


def test_the_columns_are_those_of_ce_broker() -> None:
    assert build_cells(NUMBERS, GOOD) == (
        "1234", "77", "", "", "MA 12345", DAY, "State=FL", "Profession=MT",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("completion", "refused", "faults"),
    [
        (GOOD, (), ()),
        (GOOD, ("MA 54321",), ()),
        (GOOD, ("MA 12345",), (RowFault.STILL_REFUSED,)),
        (Completion("", DAY, "77"), ("",), (RowFault.NO_LICENSE,)),
        (Completion("unknown", DAY, "77"), (), (RowFault.MALFORMED_LICENSE,)),
        (Completion("=MA1", DAY, "77"), (), (RowFault.MALFORMED_LICENSE,)),
        (Completion("MA1", DAY, ""), (), (RowFault.NO_COURSE_NUMBER,)),
        (Completion("", DAY, ""), (), (RowFault.NO_LICENSE, RowFault.NO_COURSE_NUMBER)),
    ],
)
def test_what_keeps_a_completion_out(
    completion: Completion, refused: tuple[str, ...], faults: tuple[RowFault, ...]
) -> None:
    assert find_row_faults(completion, refused) == faults


@pytest.mark.parametrize(
    ("text", "number"),
    [("20-77", "77"), (" 0077 ", "0077"), ("50-77", None), ("", None), ("20-", None), ("7a", None)],
)
def test_a_tracking_number_loses_its_prefix_and_no_zero(text: str, number: str | None) -> None:
    assert parse_tracking_number(text, COURSE_PREFIX) == number


def test_a_number_on_an_approval_counts_only_with_its_prefix() -> None:
    assert find_prefixed_number("20-77", COURSE_PREFIX) == "77"
    assert find_prefixed_number("77", COURSE_PREFIX) == ""
    assert find_prefixed_number("20-C", COURSE_PREFIX) == ""


@pytest.mark.parametrize(
    ("text", "state", "profession"),
    [
        (" fl ", "FL", "FL"),
        ("F1", None, "F1"),
        ("FLA", None, "FLA"),
        ("", None, None),
        ("a=b", None, None),
        ("X" * 11, None, None),
    ],
)
def test_states_and_codes(text: str, state: str | None, profession: str | None) -> None:
    assert (parse_state(text), parse_profession(text)) == (state, profession)


def test_a_number_without_letters_is_asked_about() -> None:
    assert is_without_letters("12345")
    assert not is_without_letters("MA 12345")
    assert not is_without_letters("")


@pytest.mark.parametrize(
    ("held", "number"),
    [
        ([], ""),
        ([("Anything", "MA 1")], "MA 1"),
        ([("Texas", "MT 1"), ("Florida Board of Massage Therapy", "MA 2")], "MA 2"),
        ([("Florida", "MA 1"), ("Florida", "MA 2")], ""),
        ([("Texas", "MT 1"), ("Georgia", "MT 2")], ""),
    ],
)
def test_the_license_of_the_authority_is_chosen(held: list[tuple[str, str]], number: str) -> None:
    known = load_authorities()
    facts: dict[str, Any] = {
        "licences": {"held": [{"authority": name, "number": it} for name, it in held]},
        "completed": {"on": "2026-11-28"},
        "course_number": "20-9",
    }
    every = list(known.values())
    assert build_completion(facts, known["florida"], every) == Completion(number, DAY, "9")
    entered = build_completion(facts, known["florida"], every, course_number="8")
    assert entered.course_number == "8"


def test_a_file_is_old_excel_has_the_same_bytes_again_and_runs_nothing() -> None:
    rows = [build_cells(NUMBERS, GOOD), ("=1+1", "", "", "", "MA1", DAY, "State=FL", "")]
    made = write_roster_file(rows)
    assert made == write_roster_file(rows)
    assert made.startswith(b"\xd0\xcf\x11\xe0")
    assert b"MA 12345" in made
    assert b"'=1+1" in made


def test_the_provider_reports_to_those_whose_rules_say_so() -> None:
    duties = find_ce_broker_duties(load_authorities().values(), TODAY)
    assert sorted(duties) == ["florida", "georgia"]
    assert duties["georgia"].needs_agreement
    assert not duties["florida"].needs_agreement
    assert duties["georgia"].find_due_day(DAY) == date(2026, 12, 5)
    assert duties["florida"].find_due_day(DAY) is None
    texas = build_duty(load_authorities()["texas"], TODAY)
    assert not texas.rules
    assert [rule.channel for rule in texas.others] == ["renewal"]
