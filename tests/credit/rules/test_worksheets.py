"""The worksheet of a course and the claims that rest on it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.claims import (
    ClaimFault,
    PilotReport,
    calculate_median,
    compute_pilot_amount,
    find_claim_fault,
)
from cpd.credit.rules.formulas import CourseSize
from cpd.credit.rules.worksheets import (
    CourseVersionToCount,
    MeasuredTime,
    NotComputed,
    Worksheet,
    build_worksheet,
    combine_worksheet_json,
)
from cpd.kernel.canonical import encode_json

TODAY = date(2026, 11, 30)
HASH = "a" * 64


def counted(words: int = 22_200, difficulty: Fraction | None = None) -> CourseVersionToCount:
    return CourseVersionToCount(
        title="Care",
        revision="rev_care",
        number=3,
        content_hash=HASH,
        size=CourseSize(words, questions=12, difficulty=difficulty),
        words_in_sections=words - 200,
        words_in_practice=200,
    )


def shipped(words: int = 22_200) -> Worksheet:
    return build_worksheet(counted(words), tuple(load_authorities().values()), today=TODAY)


@pytest.mark.parametrize(
    ("slug", "amount", "reason"),
    [
        ("ncbtmb", Decimal("1.85"), None),
        ("florida", None, NotComputed.NO_FORMULA),
        ("fht", None, NotComputed.NO_FORMULA),
        ("cmto", None, NotComputed.REFLECTION),
        ("cchpbc", None, NotComputed.REFLECTION),
    ],
)
def test_what_is_computed_for_whom(
    slug: str, amount: Decimal | None, reason: NotComputed | None
) -> None:
    line = shipped().find_line(slug)
    assert line is not None
    assert (line.amount, line.not_computed) == (amount, reason)


def test_an_authority_rounds_down_to_its_own_step_and_unit(
    authority: Callable[..., Authority],
) -> None:
    line = build_worksheet(counted(), [authority()], today=TODAY).find_line("oasis")
    assert line is not None
    assert line.amount == Decimal("2.00")  # 111 minutes are 2.22 hours of 50
    assert line.is_step_known
    assert line.step_to_show == Decimal("0.5")
    by_rating = authority("formula: ncbtmb", "formula: mergener")
    line = build_worksheet(counted(), [by_rating], today=TODAY).find_line("oasis")
    assert line is not None
    assert line.not_computed is NotComputed.NO_DIFFICULTY
    without_length = authority(", hours: 1, hour_minutes: 50", "")
    line = build_worksheet(counted(), [without_length], today=TODAY).find_line("oasis")
    assert line is not None
    assert line.not_computed is NotComputed.NO_LENGTH


def test_formulas_are_shown_beside_each_other() -> None:
    sheet = build_worksheet(counted(difficulty=Fraction(2)), [], today=TODAY)
    shown = {
        line.formula.name: (line.minutes_to_show, line.hours_to_show) for line in sheet.formulas
    }
    assert shown["ncbtmb"] == (Decimal("111.00"), Decimal("1.85"))
    assert shown["nasba"] == (Decimal("145.53"), Decimal("2.50"))
    unrated = shipped().formulas[-1]
    assert (unrated.minutes_to_show, unrated.hours_to_show) == (None, None)


def test_the_same_input_gives_the_same_bytes_and_any_other_does_not() -> None:
    assert shipped().encode() == shipped().encode()
    assert shipped().content_hash == shipped().content_hash
    assert shipped().content_hash != shipped(22_201).content_hash
    narrow = shipped().narrow("ncbtmb")
    assert [line.authority.slug for line in narrow.authorities] == ["ncbtmb"]
    assert narrow.to_json()["authorities"][0]["amount"] == "1.85"


def test_measured_time_stands_apart_from_what_is_computed() -> None:
    measured = MeasuredTime((("noticing", 1), ("adapting", 1)))
    combined = combine_worksheet_json(shipped(), measured)
    assert combined["computed"] == shipped().to_json()
    assert combined["measured"]["minutes"] == 2
    assert encode_json(combined)


def pilot(*minutes: int, of: str = HASH) -> PilotReport:
    return PilotReport(of, TODAY, minutes)


@pytest.mark.parametrize(
    ("claimed", "slug", "report", "fault"),
    [
        pytest.param("1.85", "ncbtmb", None, None, id="exactly what is computed"),
        pytest.param("1.86", "ncbtmb", None, ClaimFault.ABOVE_COMPUTED, id="one hundredth more"),
        pytest.param("2", "ncbtmb", pilot(119, 120, 300), None, id="the pilot bears it out"),
        pytest.param("2", "ncbtmb", pilot(90, 119, 300), ClaimFault.ABOVE_PILOT, id="it does not"),
        pytest.param(
            "2",
            "ncbtmb",
            pilot(300, 300, 300, of="b" * 64),
            ClaimFault.OTHER_VERSION,
            id="another version",
        ),
        pytest.param("1", "ncbtmb", pilot(1), None, id="a short pilot lowers nothing computed"),
        pytest.param("1", "florida", None, ClaimFault.NOT_COMPUTED, id="no formula, no pilot"),
        pytest.param(
            "2", "florida", pilot(100, 100, 100), None, id="50 minutes are an hour in Florida"
        ),
        pytest.param(
            "2.01", "florida", pilot(*(100,) * 3), ClaimFault.ABOVE_PILOT, id="and no more"
        ),
        pytest.param("2", "ncbtmb", pilot(300, 300), ClaimFault.TOO_FEW, id="two are too few"),
        pytest.param("1", "fht", pilot(600), ClaimFault.NOTHING_TO_COUNT, id="points"),
        pytest.param("1", "cmto", pilot(600), ClaimFault.NOTHING_TO_COUNT, id="reflection"),
        pytest.param("1", "nowhere", None, ClaimFault.NOTHING_TO_COUNT, id="unknown"),
        pytest.param("0", "ncbtmb", None, ClaimFault.NOT_POSITIVE, id="nothing"),
        pytest.param("-1", "ncbtmb", None, ClaimFault.NOT_POSITIVE, id="less than nothing"),
        pytest.param("1.005", "ncbtmb", None, ClaimFault.NOT_A_STEP, id="too fine"),
    ],
)
def test_what_may_be_claimed(
    claimed: str, slug: str, report: PilotReport | None, fault: ClaimFault | None
) -> None:
    assert find_claim_fault(Decimal(claimed), shipped(), slug, report) is fault


def test_a_claim_keeps_to_the_authoritys_step(authority: Callable[..., Authority]) -> None:
    sheet = build_worksheet(counted(), [authority()], today=TODAY)
    assert find_claim_fault(Decimal("1.25"), sheet, "oasis") is ClaimFault.NOT_A_STEP
    assert find_claim_fault(Decimal("1.5"), sheet, "oasis") is None


def test_a_pilot_is_worth_its_median() -> None:
    assert calculate_median([5, 1, 9]) == 5
    assert calculate_median([1, 2]) == Fraction(3, 2)
    assert pilot(3, 1).to_json() == {
        "content_hash": HASH,
        "reported_on": "2026-11-30",
        "minutes": [1, 3],
        "median": "2/1",
    }
    assert (pilot(4, 1).fewest_minutes, pilot(4, 1).most_minutes) == (1, 4)
    assert (str(pilot(4, 1).median_to_show), str(pilot(2).median_to_show)) == ("2.5", "2")
    points = shipped().find_line("fht")
    assert points is not None
    assert compute_pilot_amount(points, pilot(600)) == 0


@pytest.mark.parametrize("minutes", [(), (-1, 5)])
def test_a_pilot_that_nobody_took_is_refused(minutes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at least one learner"):
        pilot(*minutes)
