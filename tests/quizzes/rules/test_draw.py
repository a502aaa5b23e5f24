"""Drawing an exam: by seed, as the blueprint says, unseen first, one of a family."""

from collections.abc import Callable, Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.cases.front import OptionFront
from cpd.courses.rules.fronts.exam import DrawRule
from cpd.quizzes.rules import draw as drawing
from cpd.quizzes.rules.draw import (
    NOT_ALL_AT_ONCE,
    Draw,
    DrawRefusal,
    PoolCase,
    SeenCase,
    build_brief_right_answer,
    build_pool_case,
    count_unseen_attempts_by_part,
    draw_exam_cases,
    is_case_unseen,
    shuffle_options_of_step,
)
from tests.cases.samples import (
    EMERGENCY,
    SAME_DAY,
    ask_many,
    ask_one,
    case,
    decide,
    flat,
)

OBJECTIVES = ("a", "b", "c")


def pooled(
    name: str,
    *objectives: str,
    family: str | None = None,
    red_flag: bool = False,
    right: str = "same_day",
) -> PoolCase:
    return PoolCase(name, family or name, objectives or ("a",), red_flag, right)


def seen(*cases: PoolCase) -> list[SeenCase]:
    return [SeenCase(one.id, one.family, one.right_answer) for one in cases]


def plain(number: int) -> list[PoolCase]:
    return [pooled(f"case-{n:02}", red_flag=n % 3 == 0) for n in range(number)]


def drawn(
    pool: Sequence[PoolCase],
    rule: DrawRule,
    *,
    met: Sequence[PoolCase] = (),
    seed: int | str = 1,
) -> Draw:
    found = draw_exam_cases(pool, rule, seen=seen(*met), seed=seed)
    assert isinstance(found, Draw), found
    return found


# Seeds


def test_the_same_seed_draws_the_same_whatever_the_pools_order() -> None:
    pool, rule = plain(20), DrawRule(8, 2)
    assert drawn(pool, rule, seed="x") == drawn(pool[::-1], rule, seed="x")
    assert len({drawn(pool, rule, seed=seed).cases for seed in range(20)}) == 20


def test_every_case_has_its_chance() -> None:
    pool, rule = plain(12), DrawRule(4, 1)
    met = {name for seed in range(60) for name in drawn(pool, rule, seed=seed).cases}
    assert met == {one.id for one in pool}


# The blueprint


@st.composite
def pools(draw_: st.DrawFn) -> list[PoolCase]:
    size = draw_(st.integers(0, 9))
    return [
        pooled(
            f"case-{number}",
            *draw_(st.lists(st.sampled_from(OBJECTIVES), min_size=1, max_size=2, unique=True)),
            family=f"family-{draw_(st.integers(0, 6))}",
            red_flag=draw_(st.booleans()),
            right=draw_(st.sampled_from(["same_day", "postpone"])),
        )
        for number in range(size)
    ]


rules = st.builds(
    DrawRule,
    st.integers(0, 5),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from(OBJECTIVES), st.integers(0, 3)),
)


def satisfies(cases: Sequence[PoolCase], rule: DrawRule) -> bool:
    return (
        len(cases) == rule.cases
        and len({one.family for one in cases}) == len(cases)
        and sum(one.red_flag for one in cases) >= rule.red_flags
        and all(
            sum(objective in one.objectives for one in cases) >= number
            for objective, number in rule.per_objective.items()
        )
    )


Drawer = Callable[..., Draw | DrawRefusal]


def check_against_every_selection(
    pool: list[PoolCase], rule: DrawRule, met: list[PoolCase], seed: int, draw_by: Drawer
) -> None:
    """Compare a draw with all selections there are: none is missed, and none has fewer seen."""
    allowed = [some for some in combinations(pool, rule.cases) if satisfies(some, rule)]
    history = seen(*met)
    found = draw_by(pool, rule, seen=history, seed=seed)
    if isinstance(found, DrawRefusal):
        assert allowed == []
        assert found.sentences
        return
    chosen = [one for one in pool if one.id in found.cases]
    assert satisfies(chosen, rule)
    assert len(found.cases) == len(set(found.cases))
    known = [sum(not is_case_unseen(one, history) for one in some) for some in allowed]
    assert found.seen == sum(not is_case_unseen(one, history) for one in chosen) == min(known)


@given(pools(), rules, st.data(), st.integers())
def test_a_draw_is_right_or_there_is_none(
    pool: list[PoolCase], rule: DrawRule, data: st.DataObject, seed: int
) -> None:
    met = data.draw(st.lists(st.sampled_from(pool), unique_by=lambda one: one.id)) if pool else []
    check_against_every_selection(pool, rule, met, seed, draw_exam_cases)


def test_control_a_draw_that_ignores_history_would_be_found() -> None:
    pool, rule = plain(6), DrawRule(3, 0)

    def forgetful(
        pool: list[PoolCase], rule: DrawRule, *, seen: list[SeenCase], seed: int
    ) -> Draw | DrawRefusal:
        del seen
        return draw_exam_cases(pool, rule, seen=[], seed=seed)

    check_against_every_selection(pool, rule, pool[:3], 1, draw_exam_cases)
    met = pool[:3]
    careless = next(
        seed
        for seed in range(99)
        if set(drawn(pool, rule, seed=seed).cases) & {one.id for one in met}
    )
    with pytest.raises(AssertionError):
        check_against_every_selection(pool, rule, met, careless, forgetful)


@pytest.mark.parametrize(
    ("pool", "rule", "words"),
    [
        pytest.param(plain(3), DrawRule(4, 0), ["cases", "3"], id="too few cases"),
        pytest.param(
            [pooled(f"c{n}", family="one") for n in range(9)],
            DrawRule(2, 0),
            ["cases", "1"],
            id="one family",
        ),
        pytest.param(plain(9), DrawRule(6, 4), ["red flags", "3"], id="too few red flags"),
        pytest.param(
            plain(9),
            DrawRule(6, 2, {"b": 1}),
            ["objective b", "0"],
            id="an objective without cases",
        ),
    ],
)
def test_a_refusal_says_what_is_short(
    pool: list[PoolCase], rule: DrawRule, words: list[str]
) -> None:
    found = draw_exam_cases(pool, rule, seen=[], seed=1)
    assert isinstance(found, DrawRefusal)
    (sentence,) = found.sentences
    assert all(word in sentence for word in words)


def test_a_refusal_says_when_only_the_whole_is_impossible() -> None:
    pool = [pooled("x", "a"), pooled("y", "b"), pooled("z", "c")]
    found = draw_exam_cases(pool, DrawRule(2, 0, {"a": 1, "b": 1, "c": 1}), seen=[], seed=1)
    assert found == DrawRefusal((NOT_ALL_AT_ONCE,))


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST_SEARCHED", 1)
    assert draw_exam_cases(plain(9), DrawRule(6, 2), seen=[], seed=1) == DrawRefusal(
        (NOT_ALL_AT_ONCE,)
    )


def test_a_tight_blueprint_is_met() -> None:
    # Six objectives, two of each in twelve places, and red flags only in one of them.
    pool = [pooled(f"case-{n}", f"o{n % 6}", red_flag=n % 6 == 0) for n in range(24)]
    rule = DrawRule(12, 2, {f"o{n}": 2 for n in range(6)})
    assert len(drawn(pool, rule).cases) == 12
    assert isinstance(
        draw_exam_cases(pool, DrawRule(12, 3, rule.per_objective), seen=[], seed=1), DrawRefusal
    )


# Unseen first, and twins


TWIN_A = pooled("mina", family="mina", right="same_day")
TWIN_SAME = pooled("mina-b", family="mina", right="same_day")
TWIN_OTHER = pooled("mina-c", family="mina", right="emergency")


@pytest.mark.parametrize(
    ("one", "met", "unseen"),
    [
        pytest.param(TWIN_A, [], True, id="nothing met"),
        pytest.param(TWIN_A, [TWIN_A], False, id="itself"),
        pytest.param(TWIN_SAME, [TWIN_A], False, id="a twin with the same right answer"),
        pytest.param(TWIN_OTHER, [TWIN_A], True, id="a twin with another right answer"),
        pytest.param(TWIN_OTHER, [TWIN_A, TWIN_OTHER], False, id="itself after a twin"),
        pytest.param(pooled("theo"), [TWIN_A], True, id="another family"),
    ],
)
def test_what_is_unseen(one: PoolCase, met: list[PoolCase], *, unseen: bool) -> None:
    assert is_case_unseen(one, seen(*met)) is unseen


def test_twins_never_meet() -> None:
    pool = [TWIN_A, TWIN_SAME, TWIN_OTHER, pooled("theo")]
    for seed in range(20):
        assert "theo" in drawn(pool, DrawRule(2, 0), seed=seed).cases
    assert isinstance(draw_exam_cases(pool, DrawRule(3, 0), seen=[], seed=1), DrawRefusal)


def test_the_unseen_twin_is_taken() -> None:
    pool = [TWIN_A, TWIN_SAME, TWIN_OTHER]
    for seed in range(20):
        found = drawn(pool, DrawRule(1, 0), met=[TWIN_A], seed=seed)
        assert found.cases == ("mina-c",)
        assert found.seen == 0


def test_a_seen_case_is_taken_only_when_nothing_else_fits() -> None:
    # Two places for a red flag, "b" and "c": only the seen case serves two of them.
    new = [pooled("red", "a", red_flag=True), pooled("b", "b"), pooled("c", "c")]
    both = pooled("red-b", "b", red_flag=True)
    found = drawn([*new, both], DrawRule(2, 1, {"b": 1, "c": 1}), met=[both])
    assert sorted(found.cases) == ["c", "red-b"]
    assert found.seen == 1


def test_one_seen_case_that_serves_two_needs_beats_two_that_serve_one_each() -> None:
    new = [pooled("c", "c"), pooled("other", "d"), pooled("another", "d")]
    both = pooled("both", "b", red_flag=True)
    each = [pooled("red", "d", red_flag=True), pooled("b", "b")]
    for seed in range(20):
        rule = DrawRule(3, 1, {"b": 1, "c": 1})
        found = drawn([*new, both, *each], rule, met=[both, *each], seed=seed)
        assert found.seen == 1
        assert "both" in found.cases


def test_unseen_cases_come_first_while_any_remain() -> None:
    pool, rule = plain(10), DrawRule(6, 2)
    first = drawn(pool, rule)
    met = [one for one in pool if one.id in first.cases]
    second = drawn(pool, rule, met=met)
    assert second.seen == 2
    assert len(set(second.cases) - set(first.cases)) == 4
    assert drawn(pool, rule, met=pool).seen == 6


# Option order


def test_options_are_shuffled_by_seed_and_decisions_never() -> None:
    front, key = case(
        decide(routes={"*": "tell"}),
        ask_one(dangers=None, routes={"*": "check"}),
        ask_many(right=[f"r{n}" for n in range(4)], wrong=[f"w{n}" for n in range(4)]),
    )
    pool = [build_pool_case(front, key)]
    orders = [drawn(pool, DrawRule(1, 0), seed=seed).orders["mina"] for seed in range(30)]
    assert {order["decide"] for order in orders} == {front.first_step.option_ids}
    assert len({order["tell"] for order in orders}) == 2
    assert len({order["check"] for order in orders}) > 20
    for order in orders:
        assert {step: set(ids) for step, ids in order.items()} == {
            step.id: set(step.option_ids) for step in front.steps
        }


def test_a_cases_order_does_not_hang_on_the_other_cases() -> None:
    mina, theo = (build_pool_case(*case(ask_many(), name=name)) for name in ("mina", "theo"))
    alone = drawn([mina], DrawRule(1, 0)).orders["mina"]
    assert drawn([theo, mina], DrawRule(2, 0)).orders["mina"] == alone


@given(st.integers())
def test_fixed_options_keep_their_place(seed: int) -> None:
    step = case(ask_many())[0].first_step
    options = (*step.options[:2], OptionFront("none", "None of these", fixed=True), step.options[2])
    fixed = type(step)(step.id, step.prompt, step.kind, options)
    order = shuffle_options_of_step(fixed, Random(seed))  # noqa: S311 - an order, no secret
    assert order[2] == "none"
    assert sorted(order) == sorted(fixed.option_ids)


# What the draw knows of a case


def test_the_right_answer_in_brief() -> None:
    assert build_brief_right_answer(flat(SAME_DAY)[1]) == "same_day"
    assert build_brief_right_answer(flat(SAME_DAY)[1]) == build_brief_right_answer(
        case(decide(SAME_DAY, routes={"*": "tell"}), ask_one())[1]
    )
    assert build_brief_right_answer(flat(SAME_DAY)[1]) != build_brief_right_answer(
        flat(EMERGENCY)[1]
    )
    assert build_brief_right_answer(case(ask_one(routes={"*": "check"}), ask_many())[1]) == (
        "tell=right check=fever,new-signs"
    )


def test_a_case_without_a_family_is_its_own() -> None:
    assert build_pool_case(*flat(family="")).family == "mina"


# How long a pool lasts


def test_unseen_tries_are_counted_for_each_part_of_the_blueprint() -> None:
    pool = [pooled(f"case-{n}", "a" if n < 8 else "b", red_flag=n % 2 == 0) for n in range(10)]
    found = count_unseen_attempts_by_part(pool, DrawRule(4, 2, {"b": 1, "a": 1, "c": 0}))
    assert found == {"cases": 2, "red flags": 2, "objective a": 8, "objective b": 2}


def test_a_pool_that_is_too_small_serves_no_try() -> None:
    assert count_unseen_attempts_by_part(plain(3), DrawRule(4, 0)) == {"cases": 0}
    assert count_unseen_attempts_by_part([], DrawRule(4, 1)) == {"cases": 0, "red flags": 0}


def test_unseen_tries_count_twins_once_for_each_right_answer() -> None:
    twins = [TWIN_A, TWIN_SAME, TWIN_OTHER]
    assert count_unseen_attempts_by_part(twins, DrawRule(1, 0)) == {"cases": 2}
    assert count_unseen_attempts_by_part(twins, DrawRule(2, 0)) == {"cases": 0}
    # Two of one family never meet: with two places a second family is needed each time.
    assert count_unseen_attempts_by_part([*twins, pooled("theo")], DrawRule(2, 0)) == {"cases": 1}
