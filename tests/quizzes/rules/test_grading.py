"""From answers to marks: one maximum whatever the path, and no pass with a critical act."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.cases.front import Answer, UnknownOptionError
from cpd.cases.kinds.registry import KINDS
from cpd.cases.path import steps_with_answers_on_path
from cpd.cases.scales import Danger, Decision
from cpd.kernel.canonical import encode_json
from cpd.quizzes.rules import grading
from cpd.quizzes.rules.eligibility import Remedy
from cpd.quizzes.rules.grading import (
    ExamItem,
    ExamResult,
    NotPassed,
    ObjectiveScore,
    grade_exam,
    remedies_after_failure,
)
from cpd.quizzes.rules.marking import Breach, CaseMark, mark_case
from tests.cases.samples import (
    EMERGENCY,
    MODIFY,
    POSTPONE,
    PROCEED,
    SAME_DAY,
    Case,
    ask_many,
    ask_one,
    case,
    chose,
    decide,
    flat,
    ticked,
)

MARK = Fraction(3, 4)

STORY = case(
    decide(SAME_DAY, routes={"same_day": "tell", "emergency": "tell"}, clot_suspected=True),
    ask_one("tell", dangers={"nobody": Danger.UNSAFE, "later": Danger.SUBOPTIMAL}),
    hazards=("clot", "pressure"),
)


@pytest.mark.parametrize(
    ("answers", "score", "danger"),
    [
        pytest.param({}, "0", None, id="blank"),
        pytest.param(
            {"decide": chose("same_day"), "tell": chose("right")}, "1", Danger.SAFE, id="all right"
        ),
        pytest.param({"decide": chose("same_day")}, "1/2", Danger.SAFE, id="the second left blank"),
        pytest.param(
            {"decide": chose("same_day"), "tell": chose("nobody")},
            "1/2",
            Danger.UNSAFE,
            id="right, then unsafe",
        ),
        pytest.param(
            {"decide": chose("emergency"), "tell": chose("right")},
            "3/4",
            Danger.OVERCAUTIOUS,
            id="too careful, then right",
        ),
        pytest.param({"decide": chose("postpone")}, "0", Danger.UNSAFE, id="lax, and the end"),
        pytest.param(
            {"decide": chose("proceed"), "tell": chose("right")},
            "0",
            Danger.CRITICAL,
            id="an answer to a step that was not reached",
        ),
    ],
)
def test_a_case(answers: Mapping[str, Answer], score: str, danger: Danger | None) -> None:
    mark = mark_case(*STORY, answers)
    assert mark.score == Fraction(score)
    assert mark.danger is danger


def test_a_critical_act_is_named() -> None:
    mark = mark_case(*STORY, {"decide": chose("modify")})
    assert mark.breaches == (Breach("mina", "decide", "modify", ("clot", "pressure")),)


def test_a_critical_omission_is_named() -> None:
    front, key = case(ask_many(missed={"fever": Danger.CRITICAL}))
    mark = mark_case(front, key, {"check": ticked("new-signs")})
    assert [breach.option for breach in mark.breaches] == ["fever"]
    assert mark_case(front, key, {"check": ticked("fever")}).breaches == ()


def test_a_foreign_stored_answer_is_an_error_and_no_zero() -> None:
    with pytest.raises(UnknownOptionError):
        mark_case(*STORY, {"decide": chose("stop")})


def test_a_key_without_value_earns_nothing() -> None:
    front, key = flat()
    assert (
        mark_case(front, replace(key, best=Fraction(0)), {"decide": chose("same_day")}).score == 0
    )


# One maximum whatever the path


def answers_of(front_key: Case, data: st.DataObject) -> dict[str, Answer | None]:
    front, key = front_key
    return {
        step.id: data.draw(
            st.sampled_from(
                [
                    None,
                    *(
                        answer
                        for answer, _ in KINDS[step.kind].possible_answers_with_marks(step_key)
                    ),
                ]
            )
        )
        for step, step_key in zip(front.steps, key.steps, strict=True)
    }


LONG = case(
    decide(POSTPONE, routes={"postpone": "ask", "same_day": "tell"}),
    ask_many("ask", leads_to="tell"),
    ask_one("tell"),
)

Grader = Callable[..., CaseMark]


def check_fixed_maximum(
    front_key: Case, answers: Mapping[str, Answer | None], mark: CaseMark
) -> None:
    front, key = front_key
    earned = sum(
        (
            KINDS[step.kind].mark_answer(key.step_by_id(step.id), a).earned
            for step, a in steps_with_answers_on_path(front, answers)
        ),
        Fraction(0),
    )
    assert mark.score == earned / key.best
    assert 0 <= mark.score <= 1


@given(st.sampled_from([STORY, LONG]), st.data())
def test_the_maximum_does_not_depend_on_the_path(front_key: Case, data: st.DataObject) -> None:
    answers = answers_of(front_key, data)
    check_fixed_maximum(front_key, answers, mark_case(*front_key, answers))


def test_control_a_maximum_over_visited_steps_would_be_found() -> None:
    answers = {"decide": chose("postpone"), "ask": ticked("fever", "new-signs")}
    mark = mark_case(*LONG, answers)
    visited = replace(mark, score=Fraction(2, 2))  # both visited steps right: "100%"
    check_fixed_maximum(LONG, answers, mark)
    with pytest.raises(AssertionError):
        check_fixed_maximum(LONG, answers, visited)


@given(st.sampled_from([STORY, LONG]), st.data())
def test_steps_off_the_path_count_for_nothing(front_key: Case, data: st.DataObject) -> None:
    answers = answers_of(front_key, data)
    reached = {step.id for step, _ in steps_with_answers_on_path(front_key[0], answers)}
    only = {step: answer for step, answer in answers.items() if step in reached}
    assert mark_case(*front_key, answers) == mark_case(*front_key, only)


# The exam


def item(front_key: Case, decision: Decision | None) -> ExamItem:
    answers = {} if decision is None else {"decide": chose(decision)}
    return ExamItem(*front_key, answers)


def right(number: int) -> ExamItem:
    return item(flat(SAME_DAY, name=f"right-{number}"), SAME_DAY)


RIGHTS = [right(number) for number in range(9)]
CRITICAL = item(flat(EMERGENCY, name="wim", objectives=("call",), hazards=("pump",)), MODIFY)
UNSAFE = item(flat(SAME_DAY, name="ola"), POSTPONE)
CAREFUL = item(flat(PROCEED, name="pavel"), MODIFY)
TURNED_AWAY = item(flat(PROCEED, name="nell"), POSTPONE)
BLANK = item(flat(name="quinn"), None)


def graded(items: list[ExamItem], *, gate_met: bool = True, is_void: bool = False) -> ExamResult:
    return grade_exam(items, pass_mark=MARK, gate_met=gate_met, is_void=is_void)


@pytest.mark.parametrize(
    ("items", "score", "why_not"),
    [
        pytest.param(RIGHTS, "1", [], id="everything right"),
        pytest.param([*RIGHTS[:3], UNSAFE], "3/4", [], id="exactly the pass mark"),
        pytest.param([*RIGHTS[:2], UNSAFE], "2/3", [NotPassed.SCORE], id="below it"),
        pytest.param([*RIGHTS, CRITICAL], "9/10", [NotPassed.CRITICAL], id="one critical act"),
        pytest.param([*RIGHTS, CAREFUL], "19/20", [], id="too careful is not unsafe"),
        pytest.param([*RIGHTS, BLANK], "9/10", [], id="one left blank"),
        pytest.param(
            [CRITICAL, BLANK], "0", [NotPassed.SCORE, NotPassed.CRITICAL], id="both reasons"
        ),
        pytest.param([], "0", [NotPassed.SCORE], id="nothing drawn"),
    ],
)
def test_passing(items: list[ExamItem], score: str, why_not: list[NotPassed]) -> None:
    result = graded(items)
    assert result.score == Fraction(score)
    assert Fraction(result.score_num, result.score_den) == result.score
    assert list(result.why_not) == why_not
    assert result.passed is (not why_not)


def test_an_attempt_is_not_void_unless_it_is_said() -> None:
    assert grade_exam(RIGHTS, pass_mark=MARK, gate_met=True).passed


def test_nothing_drawn_never_passes() -> None:
    assert not grade_exam([], pass_mark=Fraction(0), gate_met=True).passed


@pytest.mark.parametrize(
    ("facts", "why"),
    [({"gate_met": False}, NotPassed.READING), ({"is_void": True}, NotPassed.VOID)],
)
def test_the_gate_and_a_void_attempt(facts: dict[str, bool], why: NotPassed) -> None:
    assert graded(RIGHTS).passed
    result = graded(RIGHTS, **facts)
    assert not result.passed
    assert result.why_not == (why,)


def test_what_a_result_counts() -> None:
    result = graded([*RIGHTS, CRITICAL, UNSAFE, CAREFUL, TURNED_AWAY, BLANK])
    assert result.danger_counts == {
        Danger.SAFE: 9,
        Danger.OVERCAUTIOUS: 2,
        Danger.SUBOPTIMAL: 0,
        Danger.UNSAFE: 1,
        Danger.CRITICAL: 1,
    }
    assert result.unanswered_count == 1
    assert result.overcautious_count == 2
    assert result.turned_away_count == 1
    assert result.critical_cases == ("wim",)
    assert result.breaches == (Breach("wim", "decide", "modify", ("pump",)),)
    assert result.objectives == {
        "call": ObjectiveScore(Fraction(0), 1),
        "stop-signs": ObjectiveScore(Fraction(19, 2), 13),
    }


@pytest.mark.parametrize(
    ("key", "chosen", "turned_away"),
    [
        pytest.param(PROCEED, POSTPONE, True, id="could have been helped"),
        pytest.param(MODIFY, EMERGENCY, True, id="could have been helped with care"),
        pytest.param(PROCEED, MODIFY, False, id="was helped"),
        pytest.param(POSTPONE, EMERGENCY, False, id="would have been sent away anyway"),
        pytest.param(POSTPONE, PROCEED, False, id="too lax"),
        pytest.param(POSTPONE, POSTPONE, False, id="right"),
    ],
)
def test_who_was_turned_away(key: Decision, chosen: Decision, *, turned_away: bool) -> None:
    assert graded([item(flat(key), chosen)]).turned_away_count == turned_away


def test_other_questions_turn_nobody_away() -> None:
    front, key = case(ask_one(dangers={"all": Danger.OVERCAUTIOUS}))
    result = graded([ExamItem(front, key, {"tell": chose("all")})])
    assert (result.turned_away_count, result.overcautious_count) == (0, 0)
    assert result.danger_counts[Danger.OVERCAUTIOUS] == 1


items = st.lists(
    st.builds(
        item,
        st.sampled_from([flat(key, name=key.value) for key in Decision]),
        st.none() | st.sampled_from(Decision),
    ),
    max_size=12,
)


def check_veto(result: ExamResult) -> None:
    worst = [step.mark.danger for one in result.cases for step in one.path]
    if result.passed:
        assert Danger.CRITICAL not in worst
        assert result.score >= result.pass_mark
        assert result.gate_met


@given(items, st.booleans(), st.fractions(0, 1))
def test_a_pass_implies_no_critical_act(
    drawn: list[ExamItem], gate_met: bool, pass_mark: Fraction
) -> None:
    result = grade_exam(drawn, pass_mark=pass_mark, gate_met=gate_met)
    check_veto(result)
    assert 0 <= result.score <= 1
    assert sum(result.danger_counts.values()) + result.unanswered_count == len(drawn)


def test_control_a_lost_veto_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = mark_case

    def blind(*args: object) -> CaseMark:
        return replace(honest(*args), breaches=())  # type: ignore[arg-type]

    check_veto(graded([*RIGHTS, CRITICAL]))
    monkeypatch.setattr(grading, "mark_case", blind)
    with pytest.raises(AssertionError):
        check_veto(graded([*RIGHTS, CRITICAL]))


@given(items)
def test_the_order_of_the_cases_does_not_matter(drawn: list[ExamItem]) -> None:
    there, back = graded(drawn), graded(drawn[::-1])
    assert (there.score, there.why_not) == (back.score, back.why_not)
    assert there.danger_counts == back.danger_counts


def test_a_result_is_plain_json() -> None:
    result = graded([*RIGHTS[:1], CRITICAL, BLANK])
    stored = result.to_json()
    encode_json(stored)  # no floats, nothing odd
    assert stored["passed"] is False
    assert stored["score"] == "1/3"
    assert stored["why_not"] == ["score", "critical"]
    assert stored["objectives"]["call"] == {"earned": "0/1", "cases": 1}
    assert stored["cases"][1]["breaches"] == [
        {"case": "wim", "step": "decide", "option": "modify", "hazards": ["pump"]}
    ]
    assert stored["cases"][2]["path"] == [
        {"step": "decide", "chosen": [], "earned": "0/1", "danger": None}
    ]
    assert stored["cases"][2]["danger"] is None


# Cases that were dropped after they were drawn


def test_a_dropped_case_counts_for_nothing_and_lifts_its_veto() -> None:
    drawn = [*RIGHTS[:3], UNSAFE, replace(CRITICAL, is_dropped=True)]
    result = graded(drawn)
    assert (result.score, result.passed) == (Fraction(3, 4), True)
    assert result.breaches == ()
    assert [mark.case for mark in result.dropped] == ["wim"]
    assert result.dropped[0].danger is Danger.CRITICAL, "what was done is kept"
    assert [case["case"] for case in result.to_json()["dropped"]] == ["wim"]
    control = graded([*drawn[:4], CRITICAL])
    assert (control.score, control.passed) == (Fraction(3, 5), False)
    assert "dropped" not in control.to_json()


@given(items, st.data())
def test_the_others_are_graded_as_if_it_had_not_been_drawn(
    drawn: list[ExamItem], data: st.DataObject
) -> None:
    gone = data.draw(st.lists(st.booleans(), min_size=len(drawn), max_size=len(drawn)))
    marked = [replace(one, is_dropped=d) for one, d in zip(drawn, gone, strict=True)]
    rest = [one for one in marked if not one.is_dropped]
    assert replace(graded(marked), dropped=()) == graded(rest)


def test_nothing_but_dropped_cases_is_no_pass() -> None:
    alone = [replace(RIGHTS[0], is_dropped=True)]
    assert not grade_exam(alone, pass_mark=Fraction(0), gate_met=True).passed


# What puts a failed attempt right


def test_remedies() -> None:
    drawn = [RIGHTS[0], CRITICAL, UNSAFE, CAREFUL, BLANK]
    fronts = {one.front.id: one.front for one in drawn}
    result = graded(drawn)
    passage = "section:flare-ups#fever"
    assert remedies_after_failure(result, fronts, hazards_with_practice={"pump", "fever"}) == (
        Remedy("wim", passage, ("pump",)),
        Remedy("ola", passage, ()),
    )
    assert remedies_after_failure(result, fronts, hazards_with_practice=set())[0] == Remedy(
        "wim", passage, ()
    )
