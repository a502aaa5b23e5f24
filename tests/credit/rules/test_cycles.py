"""What counts toward one cycle of a license."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.activities import MODES, Activity, Manner, fold_words
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.cycles import CycleReport, Outcome, Unsettled, ceil_to_hundredth, count_cycle
from cpd.credit.rules.periods import Period, build_period, subtract_months
from cpd.credit.rules.quotas import list_limits

TODAY = date(2026, 11, 30)
ENDS = date(2027, 8, 31)
FIRST = date(2025, 9, 1)


def activity(title: str = "Care", minutes: int = 100, **changed: Any) -> Activity:
    one = Activity(
        id=title,
        title=title,
        organizer="Oasis School",
        completed_on=date(2026, 10, 1),
        minutes=minutes,
        manner=Manner.IN_PERSON,
    )
    return replace(one, **changed)


def report(slug: str | Authority, *activities: Activity, **changed: date | None) -> CycleReport:
    authority = load_authorities()[slug] if isinstance(slug, str) else slug
    dates = {"issued_on": date(2019, 5, 1), "expires_on": ENDS} | changed
    return count_cycle(
        authority,
        issued_on=dates["issued_on"],
        expires_on=dates["expires_on"],
        activities=activities,
        today=TODAY,
    )


def outcomes(counted: CycleReport) -> list[tuple[str, Outcome, Any]]:
    return [(it.activity.title, it.outcome, it.counted_to_show) for it in counted.lines]


# The days of a cycle


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2027, 8, 31), 24, date(2025, 8, 31)),
        (date(2026, 2, 28), 24, date(2024, 2, 29)),  # the last day of a month stays the last
        (date(2028, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 3, 30), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 36, date(2023, 1, 15)),
    ],
)
def test_months_are_counted_back(day: date, months: int, earlier: date) -> None:
    assert subtract_months(day, months) == earlier


def test_a_cycle_ends_when_the_license_expires() -> None:
    plain, issued = build_period(24, issued_on=None, expires_on=ENDS), date(2026, 1, 5)
    assert plain == Period(FIRST, ENDS, is_first=False)
    first = build_period(24, issued_on=issued, expires_on=ENDS)
    assert first == Period(issued, ENDS, is_first=True)
    assert not build_period(24, issued_on=FIRST, expires_on=ENDS).is_first
    assert [plain.covers(day) for day in (date(2025, 8, 31), FIRST, ENDS, date(2027, 9, 1))] == [
        False, True, True, False,
    ]  # fmt: skip


# What is due


@pytest.mark.parametrize(
    ("slug", "unsettled", "due"),
    [
        ("florida", None, 24),
        ("texas", None, 12),
        ("fht", None, 10),
        ("illinois", Unsettled.CONFLICT, None),
        ("massage-and-myotherapy-australia", Unsettled.GROUPS, None),
        ("cchpbc", Unsettled.REFLECTION, None),
        ("cmto", Unsettled.REFLECTION, None),
    ],
)
def test_what_is_due(slug: str, unsettled: Unsettled | None, due: int | None) -> None:
    counted = report(slug, activity(stated=Decimal(2)))
    assert (counted.unsettled, counted.due) == (unsettled, due)
    assert counted.missing_to_show == (None if due is None else due - counted.done_to_show)
    assert not counted.is_complete
    assert bool(counted.lines) is (unsettled is not Unsettled.REFLECTION)


def test_what_is_due_is_unknown_without_a_rule(authority: Callable[..., Authority]) -> None:
    amount = "24 hours are due in two years., sources: [rule], amount: 24, months: 24"
    line = f"  cycle:\n    - {{text: {amount}}}\n"
    assert report(authority(line, "")).unsettled is Unsettled.UNKNOWN
    assert report(authority(", amount: 24", "")).unsettled is Unsettled.UNKNOWN
    always = report(authority(", months: 24", ""), activity())
    assert (always.unsettled, always.period) == (Unsettled.ALWAYS, None)


def test_a_first_cycle_has_its_own_rule() -> None:
    issued = date(2026, 1, 5)
    counted = report("new-york", activity(), issued_on=issued)
    assert (counted.unsettled, counted.due) == (Unsettled.FIRST_CYCLE, None)
    assert not report("florida", issued_on=issued).requirements
    assert report("texas", issued_on=issued).due == 12, "no rule of its own is known"


def test_without_an_expiration_date_there_are_no_days() -> None:
    counted = report("texas", activity(), expires_on=None)
    assert counted.period is None
    assert not counted.has_ended
    assert counted.done == 2


def test_a_cycle_ends() -> None:
    assert report("texas", expires_on=date(2026, 11, 29)).has_ended
    assert not report("texas", expires_on=TODAY).has_ended


# What counts


def test_only_days_of_the_cycle_count() -> None:
    counted = report(
        "texas",
        activity("Late", completed_on=date(2027, 9, 1)),
        activity("Early", completed_on=date(2025, 8, 31)),
        activity("First", completed_on=FIRST),
        activity("Last", completed_on=ENDS),
    )
    assert outcomes(counted) == [
        ("Early", Outcome.EARLIER, 0),
        ("First", Outcome.COUNTED, 2),
        ("Last", Outcome.COUNTED, 2),
        ("Late", Outcome.LATER, 0),
    ]
    assert counted.lines[0].offered_to_show == 2


def test_the_lower_of_the_time_and_the_certificate_counts() -> None:
    counted = report(
        "texas",
        activity("Certificate says less", minutes=180, stated=Decimal(3)),
        activity("Certificate says more", minutes=100, stated=Decimal(9)),
        activity("Not quite an hour", minutes=49),
    )
    assert [line.counted_to_show for line in counted.lines] == [3, 2, Decimal("0.98")]


def test_points_count_as_the_certificate_states_them() -> None:
    counted = report("fht", activity("A", stated=Decimal("2.5")), activity("B", minutes=600))
    assert outcomes(counted) == [
        ("A", Outcome.COUNTED, Decimal("2.5")),
        ("B", Outcome.NO_AMOUNT, 0),
    ]


def test_a_repeated_activity_counts_once() -> None:
    counted = report(
        "texas",
        activity("Scar tissue", id="1"),
        activity("Scar  Tissue!", id="2", organizer="OASIS school", completed_on=date(2026, 11, 1)),
        activity("Scar tissue", id="3", organizer="Another school"),
    )
    repeated = next(line for line in counted.lines if line.activity.id == "2")
    assert (repeated.outcome, repeated.counted_to_show) == (Outcome.REPEATED, Decimal(0))
    assert repeated.repeats is not None
    assert repeated.repeats.id == "1"
    assert counted.done == 4


def test_a_course_of_this_site_counts_once_as_approved_whatever_it_is_called() -> None:
    here = activity("Heat", 5, id="cer_1", stated=Decimal(1), course_id=7)
    again = replace(here, id="cer_2", title="Hot days", completed_on=date(2026, 10, 2))
    logged = replace(here, id="act_1", course_id=None, stated=None, minutes=600)
    counted = report("florida", logged, again, here)
    assert [(it.activity.id, it.outcome, it.counted_to_show) for it in counted.lines] == [
        ("cer_1", Outcome.COUNTED, Decimal(1)),
        ("act_1", Outcome.REPEATED, Decimal(0)),
        ("cer_2", Outcome.REPEATED, Decimal(0)),
    ]
    assert [it.is_same_course for it in counted.lines] == [False, False, True]
    assert report("florida", replace(here, stated=None)).done == Fraction(1, 10), "by its time"


def test_a_repeat_from_another_cycle_does_not_take_the_place_of_this_one() -> None:
    counted = report("texas", activity(completed_on=date(2024, 1, 1)), activity(id="2"))
    assert [line.outcome for line in counted.lines] == [Outcome.EARLIER, Outcome.COUNTED]


def test_a_cap_leaves_room_for_a_part() -> None:
    self_paced = [
        activity(str(n), 420, manner=Manner.SELF_PACED_ONLINE, completed_on=date(2026, n, 1))
        for n in (1, 2, 3)
    ]
    counted = report("new-york", *self_paced, activity("Class", 420))
    assert outcomes(counted) == [
        ("1", Outcome.COUNTED, 7),
        ("2", Outcome.LIMITED, 5),
        ("3", Outcome.LIMITED, 0),
        ("Class", Outcome.COUNTED, 7),
    ]
    assert [len(line.limits) for line in counted.lines] == [0, 1, 1, 0]
    assert counted.missing_to_show == 17


def test_no_single_activity_exceeds_its_part() -> None:
    counted = report("cnhc", activity("Long", 600), activity("Also long", 360), activity("B", 60))
    assert [line.counted_to_show for line in counted.lines] == [5, 1, 5]


def test_a_part_of_an_unknown_amount_is_no_cap(authority: Callable[..., Authority]) -> None:
    third = "{text: A third., sources: [rule], mode: self-study, at_most: 1/3, share: true}"
    rule = f"caps:\n    - {third}"
    capped = authority("  wording:", f"  {rule}\n  wording:")
    assert [limit.amount for limit in list_limits(capped, Fraction(24), TODAY)] == [8]
    assert list_limits(capped, None, TODAY) == []


def test_a_cap_that_is_not_in_force_binds_nobody(authority: Callable[..., Authority]) -> None:
    rule = "categories:\n    - {text: No., sources: [rule], since: 2030-01-01, name: A, at_most: 1}"
    later = authority("  wording:", f"  {rule}\n  wording:")
    assert list_limits(later, Fraction(24), TODAY) == []


def test_minimums_are_shown_one_by_one() -> None:
    counted = report(
        "florida",
        activity("Ethics", 50, category="Professional ethics"),
        activity("Bodywork", 50 * 30, manner=Manner.HANDS_ON),
    )
    assert counted.missing_to_show == 0
    assert not counted.is_complete, "ethics and other subjects are missing"
    needed: dict[str, Any] = {
        it.rule.subject: (it.done_to_show, it.missing_to_show) for it in counted.requirements
    }
    assert needed["Professional ethics"] == (1, 1)
    assert needed["hands-on"] == (30, 0)
    assert [it.needed_to_show for it in counted.requirements] == [2, 2, 2, 1, 12]


def test_a_cycle_is_complete() -> None:
    assert report("texas", activity(minutes=600)).is_complete
    assert report("fht", activity(stated=Decimal(10))).is_complete


def test_what_is_missing_is_never_shown_as_less() -> None:
    assert ceil_to_hundredth(Fraction(1, 3)) == Decimal("0.34")
    assert ceil_to_hundredth(Fraction(2)) == 2


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Scar–Tissue, 2nd  ed.", "scar tissue 2nd ed"), ("ΜΑΣΆΖ", "μασάζ"), ("ﬁt", "fit")],
)
def test_words_are_compared_without_small_differences(text: str, folded: str) -> None:
    assert fold_words(text) == folded


ACTIVITIES = st.lists(
    st.builds(
        Activity,
        id=st.uuids().map(str),
        title=st.sampled_from(["Ethics", "ethics!", "Scars", "Feet", "Hands"]),
        organizer=st.sampled_from(["Oasis", "OASIS", "Lake"]),
        completed_on=st.dates(date(2025, 6, 1), date(2027, 12, 31)),
        minutes=st.integers(1, 3000),
        manner=st.sampled_from(Manner),
        category=st.sampled_from(["", "Self-care", "Ethics", "Category A"]),
        stated=st.none() | st.decimals(0, 50, places=2),
        course_id=st.none() | st.integers(1, 2),
    ),
    max_size=12,
)


@given(slug=st.sampled_from(sorted(load_authorities())), activities=ACTIVITIES)
def test_nothing_rounds_up_repeats_or_exceeds_a_cap(slug: str, activities: list[Activity]) -> None:
    counted = report(slug, *activities)
    unit, marks = counted.unit, list[str]()
    for line in counted.lines:
        assert 0 <= line.counted <= line.offered
        assert line.counted_to_show <= line.counted
        if line.activity.stated is not None:
            assert line.offered <= line.activity.stated
        is_approved = line.activity.course_id is not None and line.activity.stated is not None
        if unit is not None and unit.hours is not None and not is_approved:
            hour = unit.hour_minutes or 60
            assert line.offered * unit.hours * hour <= line.activity.minutes
        if line.outcome in {Outcome.COUNTED, Outcome.LIMITED}:
            marks.extend(line.activity.marks)
        else:
            assert not line.counted
    assert len(marks) == len(set(marks))
    for limit in list_limits(counted.authority, counted.due, TODAY):
        concerned = [line.counted for line in counted.lines if limit.concerns(line.activity)]
        total = max(concerned, default=0) if limit.is_for_each else sum(concerned)
        assert total <= limit.amount
    assert counted.done == sum(line.counted for line in counted.lines)
    assert report(slug, *reversed(activities)).done == counted.done
    if counted.missing is not None and counted.due is not None:
        assert counted.missing_to_show is not None
        assert counted.missing_to_show >= counted.due - counted.done


def test_each_manner_is_known() -> None:
    assert set(MODES) == set(Manner)
