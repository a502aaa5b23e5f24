"""The prover: what it refuses, and that it says which path."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.cases import prover
from cpd.cases.front import CaseFront, OptionFront
from cpd.cases.key import CaseKey, StepKey
from cpd.cases.kinds.registry import KINDS
from cpd.cases.prover import build_case_key, case_faults
from cpd.cases.scales import Danger
from tests.cases.samples import (
    CITED,
    EMERGENCY,
    MODIFY,
    PROCEED,
    SAME_DAY,
    Case,
    Step,
    ask_many,
    ask_one,
    case,
    decide,
    flat,
)

SOUND = [
    pytest.param(flat(), id="flat"),
    pytest.param(case(decide(routes={"*": "tell"}), ask_one()), id="two steps"),
    pytest.param(
        case(
            decide(routes={"same_day": "tell", "emergency": "tell"}),
            ask_one(routes={"*": "check"}),
            ask_many(missed={"fever": Danger.CRITICAL}),
        ),
        id="three steps, wrong ways end early",
    ),
    pytest.param(
        case(
            decide(PROCEED, routes={"proceed": "then", "modify": "tell"}),
            decide(SAME_DAY, step="then", routes={"*": "tell"}),
            ask_one(),
        ),
        id="one client over time",
    ),
]


@pytest.mark.parametrize("front_key", SOUND)
def test_sound_cases_are_proven(front_key: Case) -> None:
    assert case_faults(*front_key) == []


@pytest.mark.parametrize(
    ("front_key", "best"),
    [(SOUND[0].values[0], 1), (SOUND[1].values[0], 2), (SOUND[2].values[0], 3)],
)
def test_the_best_value(front_key: Case, best: int) -> None:
    assert front_key[1].best == best


def only_fault(front: CaseFront, key: CaseKey) -> prover.ProverFault:
    (fault,) = case_faults(front, key)
    return fault


# The graph


def test_a_dead_end() -> None:
    fault = only_fault(*case(decide(routes={"modify": "nowhere"})))
    assert fault.path == ("decide: Change the plan",)
    assert "nowhere" in fault.reason
    fault = only_fault(*case(decide(routes={"*": "nowhere"})))
    assert fault.path == ("decide: any answer",)


def test_a_step_that_is_never_reached() -> None:
    fault = only_fault(*case(decide(), ask_one("tell")))
    assert "tell is never reached" in fault.reason


def test_a_loop_is_named_by_its_path() -> None:
    looping = case(decide(routes={"modify": "tell"}), ask_one("tell", routes={"wrong": "decide"}))
    fault = only_fault(*looping)
    assert fault.path == ("decide: Change the plan", "tell: The wrong one")
    assert "returns to step decide" in fault.reason
    assert looping[1].best == 0


def test_ways_that_meet_again_are_no_loop() -> None:
    meeting = case(
        decide(routes={"same_day": "check", "*": "tell"}),
        ask_many("check", leads_to="tell"),
        ask_one("tell"),
    )
    assert case_faults(*meeting) == []
    assert meeting[1].best == 3


# The form


def without_steps() -> Case:
    front, key = flat()
    return replace(front, steps=()), replace(key, steps=())


def with_other_kind() -> Case:
    front, key = flat()
    step = replace(front.first_step, kind="essay")
    return replace(front, steps=(step,)), replace(key, steps=(replace(key.steps[0], kind="essay"),))


def with_key_of_another_kind() -> Case:
    front, key = flat()
    return front, replace(key, steps=(replace(key.steps[0], kind="single"),))


def with_key_of_other_steps() -> Case:
    front, key = flat()
    return front, replace(key, steps=(replace(key.steps[0], id="other"),))


def with_fewer_keys() -> Case:
    front, key = case(decide(routes={"*": "tell"}), ask_one())
    return front, replace(key, steps=key.steps[:1])


def with_other_options() -> Case:
    front, key = flat()
    return front, replace(key, steps=(replace(key.steps[0], options=key.steps[0].options[:4]),))


def without_options() -> Case:
    front, key = case(ask_one())
    return (
        replace(front, steps=(replace(front.first_step, options=()),)),
        replace(key, steps=(replace(key.steps[0], options=()),)),
    )


def with_an_option_twice() -> Case:
    front, key = case(ask_one())
    options, keys = front.first_step.options, key.steps[0].options
    return (
        replace(front, steps=(replace(front.first_step, options=(*options, options[0])),)),
        replace(key, steps=(replace(key.steps[0], options=(*keys, keys[0])),)),
    )


def with_a_strange_route() -> Case:
    return case(decide(routes={"maybe": None}))


def with_a_step_twice() -> Case:
    return case(decide(routes={"*": "decide"}), decide())


@pytest.mark.parametrize(
    ("front_key", "words"),
    [
        pytest.param(without_steps(), "no step", id="no steps"),
        pytest.param(with_other_kind(), "no known kind", id="an unknown kind"),
        pytest.param(with_key_of_another_kind(), "no known kind", id="kinds differ"),
        pytest.param(with_key_of_other_steps(), "different steps", id="steps differ"),
        pytest.param(with_fewer_keys(), "different steps", id="a key is missing"),
        pytest.param(with_other_options(), "same options", id="options differ"),
        pytest.param(without_options(), "same options", id="no options"),
        pytest.param(with_an_option_twice(), "same options", id="an option twice"),
        pytest.param(with_a_strange_route(), "route from maybe", id="a route from nothing"),
        pytest.param(with_a_step_twice(), "same id", id="a step twice"),
    ],
)
def test_what_does_not_fit_together(front_key: Case, words: str) -> None:
    fault = only_fault(*front_key)
    assert words in fault.reason
    front, key = front_key
    assert build_case_key(front, key.steps).best == 0


# Safety


def altered(step: Step, **dangers: Danger) -> Step:
    """Give options of a step other dangers than any constructor would."""
    front, key = step
    options = tuple(
        replace(option, danger=dangers.get(option.id, option.danger)) for option in key.options
    )
    return front, replace(key, options=options)


def test_no_safe_path() -> None:
    fault = only_fault(*case(altered(ask_one(), right=Danger.UNSAFE, wrong=Danger.CRITICAL)))
    assert "No safe path" in fault.reason


def test_a_safe_way_that_runs_out() -> None:
    doomed = altered(ask_one(), right=Danger.UNSAFE, wrong=Danger.UNSAFE)
    front_key = case(decide(routes={"*": "tell"}), doomed)
    assert "No safe path" in only_fault(*front_key).reason


def test_a_step_without_a_right_answer() -> None:
    fault = only_fault(*case(altered(ask_one(), right=Danger.SUBOPTIMAL)))
    assert "no safe answer that earns full marks" in fault.reason


def the_counter_example() -> Case:
    """Fever and new numbness: referring ends the case; going ahead leads to two easy questions.

    Where the maximum is the sum over visited questions, going ahead earns 20 of 20.
    """
    return case(
        decide(SAME_DAY, routes={"proceed": "draping"}),
        ask_one("draping", routes={"*": "oil"}),
        ask_one("oil"),
    )


def test_the_case_where_danger_pays_is_refused() -> None:
    found = case_faults(*the_counter_example())
    paths = {fault.path: fault.reason for fault in found}
    harm = ("decide: Go ahead", "draping: The right one", "oil: The right one")
    assert "“decide: Go ahead” is unsafe, but this path earns 2" in paths[harm]
    assert "earns 1 (decide: Not today: medical advice today)" in paths[harm]


def test_harm_that_earns_exactly_as_much_is_refused_too() -> None:
    even = case(decide(SAME_DAY, routes={"proceed": "oil"}), ask_one("oil"))
    assert any("is unsafe" in fault.reason for fault in case_faults(*even))
    safe_goes_on = case(
        decide(SAME_DAY, routes={"proceed": "oil", "same_day": "oil"}), ask_one("oil")
    )
    assert case_faults(*safe_goes_on) == []


def test_harm_further_on_is_found_with_the_way_to_it() -> None:
    late = case(
        decide(PROCEED, routes={"proceed": "then"}),
        altered(ask_one("then", routes={"wrong": "more"}), wrong=Danger.CRITICAL),
        ask_one("more"),
    )
    fault = next(fault for fault in case_faults(*late) if "is critical" in fault.reason)
    assert fault.path == ("decide: Go ahead", "then: The wrong one", "more: The right one")


def test_equal_decisions_must_lead_to_equal_worth() -> None:
    unequal = case(decide(also={EMERGENCY: CITED}, routes={"same_day": "tell"}), ask_one())
    fault = only_fault(*unequal)
    assert fault.path == ("decide: Emergency: call now",)
    assert "Right answers earn 1 on this path, but other answers earn 2" in fault.reason


def test_the_right_way_must_be_worth_most() -> None:
    detour = case(decide(PROCEED, routes={"modify": "tell"}), ask_one())
    fault = only_fault(*detour)
    assert fault.path == ("decide: Go ahead",)
    assert "3/2" in fault.reason


def test_the_stored_best_must_be_the_graphs() -> None:
    front, key = flat()
    fault = only_fault(front, replace(key, best=Fraction(2)))
    assert "holds 2 as the best value, but the graph gives 1" in fault.reason


# Against every path, counted one by one


def every_path(front: CaseFront, key: CaseKey, step_id: str) -> Iterator[tuple[Fraction, bool]]:
    """Yield the value of each path from a step, and whether it harms."""
    step, step_key = front.step_by_id(step_id), key.step_by_id(step_id)
    kind = KINDS[step.kind]
    for answer, mark in kind.possible_answers_with_marks(step_key):
        harms = mark.danger is not None and mark.danger.could_harm_client
        following = kind.next_step_id_or_none(step, answer)
        if following is None:
            yield mark.earned, harms
        else:
            for value, more in every_path(front, key, following):
                yield mark.earned + value, harms or more


NAMES = ("a", "b", "c", "d")


@st.composite
def graphs(draw: st.DrawFn) -> Case:
    """Any forward graph of four single questions, with any dangers and marks."""
    steps: list[Step] = []
    for number, name in enumerate(NAMES):
        targets = st.sampled_from([None, *NAMES[number + 1 :]])
        routes = {option: draw(targets) for option in ("right", "wrong", "other")}
        front, key = ask_one(
            name,
            dangers={
                "wrong": draw(st.sampled_from(Danger)),
                "other": draw(st.sampled_from(Danger)),
            },
            routes=routes,
        )
        marks = {
            "right": Fraction(1),
            **{o: draw(st.sampled_from([Fraction(0), Fraction(1, 2)])) for o in ("wrong", "other")},
        }
        options = tuple(replace(o, marks=marks[o.id]) for o in key.options)
        steps.append((front, replace(key, options=options)))
    reached = {NAMES[0]}
    for front, _ in steps:
        if front.id in reached:
            reached |= {route for route in front.routes.values() if route}
    return case(*(step for step in steps if step[0].id in reached))


def check_against_every_path(front_key: Case) -> None:
    front, key = front_key
    paths = list(every_path(front, key, front.first_step.id))
    best = max(value for value, _ in paths)
    assert key.best == best
    safe = [value for value, harms in paths if not harms]
    harmful = [value for value, harms in paths if harms]
    pays = bool(harmful) and bool(safe) and max(harmful) >= max(safe)
    found = [fault.reason for fault in case_faults(front, key)]
    assert pays is any("but this path earns" in reason for reason in found)


@given(graphs())
def test_the_prover_agrees_with_counting_every_path(front_key: Case) -> None:
    check_against_every_path(front_key)


def test_control_a_prover_blind_to_what_follows_would_be_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_against_every_path(the_counter_example())

    def blind(*_: object) -> Mapping[str, object]:
        return dict.fromkeys(("decide", "draping", "oil"), prover._NOTHING)

    front, key = the_counter_example()
    monkeypatch.setattr(prover, "_best_worth_from_each_step", blind)
    with pytest.raises(AssertionError):
        check_against_every_path((front, key))


def test_many_steps_are_proven_at_once() -> None:
    # Every answer leads on: 5 to the power of 30 paths.
    names = [f"s{number}" for number in range(30)]
    steps = [
        decide(MODIFY, step=name, routes={"*": following})
        for name, following in zip(names, [*names[1:], None], strict=True)
    ]
    front, key = case(*steps)
    assert key.best == 30
    assert case_faults(front, key) == []


def test_options_are_named_in_the_learners_words() -> None:
    step = ask_one()[0]
    assert OptionFront("wrong", "The wrong one") in step.options
    assert isinstance(ask_one()[1], StepKey)
