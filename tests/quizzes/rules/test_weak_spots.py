"""Which practice cases come first: a table of answers, and draws of a few cases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cpd.cases.scales import Danger
from cpd.quizzes.rules.weak_spots import (
    GivenAnswer,
    PracticeCase,
    Weakness,
    draw_weak_spots,
    judge_weakness,
)
from tests.support.moved_clock import NOW

RIGHT = GivenAnswer(
    begins_run=True,
    ends_run=True,
    is_first=True,
    is_right=True,
    danger=Danger.SAFE,
    answered_at=NOW,
)
WRONG = replace(RIGHT, is_right=False, danger=Danger.SUBOPTIMAL)
UNSAFE = replace(RIGHT, is_right=False, danger=Danger.UNSAFE)
CRITICAL = replace(RIGHT, is_right=False, danger=Danger.CRITICAL)
OF_AN_OLDER_RELEASE = replace(WRONG, is_first=False, danger=None)


def again(answer: GivenAnswer) -> GivenAnswer:
    """The same answer, not for the first time."""
    return replace(answer, is_first=False)


def first_half(answer: GivenAnswer) -> GivenAnswer:
    """The same answer to the first of two steps."""
    return replace(answer, ends_run=False)


def second_half(answer: GivenAnswer) -> GivenAnswer:
    """The same answer to the second of two steps."""
    return replace(answer, begins_run=False)


@pytest.mark.parametrize(
    ("answers", "weakness"),
    [
        pytest.param([], Weakness.UNSEEN, id="nothing answered"),
        pytest.param([RIGHT], Weakness.DECIDED, id="right at once"),
        pytest.param([WRONG], Weakness.WRONG, id="wrong"),
        pytest.param([UNSAFE], Weakness.HARMFUL, id="unsafe"),
        pytest.param([CRITICAL], Weakness.HARMFUL, id="critical"),
        pytest.param([WRONG, again(RIGHT)], Weakness.DECIDED, id="put right"),
        pytest.param([CRITICAL, again(RIGHT)], Weakness.DECIDED, id="critical, put right"),
        pytest.param([RIGHT, again(CRITICAL)], Weakness.DECIDED, id="first choices decide"),
        pytest.param(
            [CRITICAL, again(RIGHT), again(WRONG)], Weakness.HARMFUL, id="and wrong again"
        ),
        pytest.param(
            [CRITICAL, again(first_half(RIGHT))], Weakness.HARMFUL, id="not yet put right"
        ),
        pytest.param(
            [first_half(RIGHT), second_half(UNSAFE)], Weakness.HARMFUL, id="at the second step"
        ),
        pytest.param(
            [first_half(UNSAFE), second_half(RIGHT)], Weakness.HARMFUL, id="right afterwards"
        ),
        pytest.param(
            [first_half(WRONG), again(first_half(RIGHT)), second_half(RIGHT)],
            Weakness.DECIDED,
            id="a step reached only in the second run",
        ),
        pytest.param([second_half(WRONG)], Weakness.WRONG, id="the first step was renamed"),
        pytest.param([OF_AN_OLDER_RELEASE], Weakness.DECIDED, id="without a first answer"),
    ],
)
def test_first_choices_decide_until_they_are_put_right(
    answers: list[GivenAnswer], weakness: Weakness
) -> None:
    assert judge_weakness(answers) is weakness


def case(
    slug: str,
    weakness: Weakness,
    *hazards: str,
    objectives: tuple[str, ...] = (),
    days_ago: int | None = None,
) -> PracticeCase:
    at = None if days_ago is None else NOW - timedelta(days=days_ago)
    return PracticeCase(slug, hazards, objectives, weakness, at)


def drawn(*cases: PracticeCase, at_most: int = 9) -> list[str]:
    return [spot.case.slug for spot in draw_weak_spots(cases, at_most=at_most)]


def test_the_weakest_come_first_then_the_unseen_then_the_oldest() -> None:
    assert drawn(
        case("new", Weakness.DECIDED, "heat", days_ago=1),
        case("old", Weakness.DECIDED, "heat", days_ago=9),
        case("unseen", Weakness.UNSEEN, "heat"),
        case("wrong", Weakness.WRONG, "heat", days_ago=1),
        case("harmful", Weakness.HARMFUL, "heat", days_ago=1),
    ) == ["harmful", "wrong", "unseen", "old", "new"]


def test_the_weakest_topic_comes_first_and_each_has_its_turn() -> None:
    cases = [
        case("consent", Weakness.UNSEEN, "consent"),
        case("heat-1", Weakness.UNSEEN, "heat"),
        case("heat-2", Weakness.UNSEEN, "heat"),
        case("clot-1", Weakness.UNSEEN, "clot"),
        case("clot-2", Weakness.UNSEEN, "clot"),
        case("clot-wrong", Weakness.WRONG, "clot", days_ago=1),
    ]
    assert drawn(*cases) == ["clot-wrong", "clot-1", "heat-1", "consent", "clot-2", "heat-2"]
    assert drawn(*cases, at_most=2) == ["clot-wrong", "clot-1"]


def test_a_case_on_several_topics_is_drawn_once_for_its_weakest() -> None:
    spots = draw_weak_spots(
        [
            case("both", Weakness.UNSEEN, "heat", "clot"),
            case("clot", Weakness.HARMFUL, "clot", days_ago=1),
            case("bare", Weakness.DECIDED, days_ago=1),
        ],
        at_most=9,
    )
    assert [(spot.case.slug, spot.topic) for spot in spots] == [
        ("clot", "clot"),
        ("both", "clot"),
        ("bare", ""),
    ]


def test_without_a_hazard_the_objective_is_the_topic_and_among_equals_it_decides() -> None:
    adapting, noticing = ("adapt",), ("notice",)
    spots = draw_weak_spots(
        [
            case("heat-1", Weakness.UNSEEN, "heat", objectives=adapting),
            case("heat-2", Weakness.UNSEEN, "heat", objectives=noticing),
            case("wrong", Weakness.WRONG, objectives=noticing, days_ago=1),
        ],
        at_most=9,
    )
    assert [(spot.case.slug, spot.topic) for spot in spots] == [
        ("wrong", "notice"),
        ("heat-2", "heat"),
        ("heat-1", "heat"),
    ]


def test_the_same_cases_give_the_same_draw() -> None:
    cases = [case(f"case-{n}", Weakness.UNSEEN, f"topic-{n % 3}") for n in range(9)]
    assert drawn(*cases) == drawn(*cases)
    assert sorted(drawn(*cases)) == [one.slug for one in cases]
