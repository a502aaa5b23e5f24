"""What an authority's file says on a day: settled, in conflict, to come, or unknown."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest

from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.authorities import Authority, Topic
from cpd.credit.rules.units import HUNDREDTH

TODAY = date(2026, 11, 30)
UNIT = (
    "    - {text: An hour is 50 minutes., sources: [rule], label: hours, hours: 1,"
    " hour_minutes: 50}"
)
LATER = (
    "    - {text: An hour is 60 minutes., sources: [rule], since: 2027-01-01, label: hours,"
    " hours: 1, hour_minutes: 60}"
)

Make = Callable[..., Authority]


def topic(authority: Authority, name: str, today: date = TODAY) -> Topic:
    return next(one for one in authority.list_topics(today) if one.name == name)


def test_one_statement_settles_its_topic(authority: Make) -> None:
    oasis = authority()
    unit, formula = oasis.find_unit(TODAY), oasis.find_formula(TODAY)
    assert unit is not None
    assert unit.hour_minutes == 50
    assert formula is not None
    assert formula.name == "ncbtmb"
    assert oasis.find_step(TODAY) == Fraction(1, 2)
    assert oasis.find_document_title(TODAY) == "Certificate"
    assert not oasis.has_conflicts(TODAY)


def test_two_that_disagree_settle_nothing_and_both_are_shown(authority: Make) -> None:
    oasis = authority(UNIT, f"{UNIT}\n{LATER.replace('since: 2027-01-01, ', '')}")
    assert oasis.find_unit(TODAY) is None
    assert len(topic(oasis, "unit").conflicts) == 2
    assert oasis.has_conflicts(TODAY)


def test_one_to_come_is_shown_and_counts_from_its_day_on(authority: Make) -> None:
    ends = UNIT.replace("label", "until: 2026-12-31, label")
    oasis = authority(UNIT, f"{ends}\n{LATER}")
    now, then = oasis.find_unit(TODAY), oasis.find_unit(date(2027, 1, 1))
    assert now is not None
    assert then is not None
    assert (now.hour_minutes, then.hour_minutes) == (50, 60)
    assert len(topic(oasis, "unit").statements) == 2
    assert len(topic(oasis, "unit", date(2027, 1, 1)).statements) == 1
    assert not oasis.has_conflicts(TODAY)


def test_what_no_source_says_stays_unknown(authority: Make) -> None:
    assert topic(authority(), "caps").statements == ()
    georgia = load_authorities()["georgia"]
    assert georgia.find_step(TODAY) is None
    assert georgia.find_step_or_hundredth(TODAY) == HUNDREDTH
    assert georgia.find_formula(TODAY) is None
    assert georgia.find_document_title(TODAY) is None


CONFLICTING = {"illinois": {"cycle", "caps"}, "georgia": {"caps"}}


def test_conflicts_of_the_shipped_authorities_are_seen_and_no_others() -> None:
    found = {
        slug: {one.name for one in authority.list_topics(TODAY) if one.conflicts}
        for slug, authority in load_authorities().items()
    }
    assert {slug: topics for slug, topics in found.items() if topics} == CONFLICTING


def test_before_the_statute_illinois_had_one_number() -> None:
    assert not topic(load_authorities()["illinois"], "cycle", date(2023, 12, 31)).conflicts


@pytest.mark.parametrize(
    ("day", "is_stale"), [(date(2027, 12, 1), False), (date(2027, 12, 2), True)]
)
def test_a_file_goes_stale_after_a_year(authority: Make, day: date, *, is_stale: bool) -> None:
    assert authority().is_stale(day) is is_stale
