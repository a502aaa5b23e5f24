"""Which steps answers reach, and which of them a learner may see."""

import pytest

from cpd.cases.front import Answer, CaseFront
from cpd.cases.path import (
    step_after_answer_or_none,
    step_locks_its_answer,
    steps_shown_to_learner,
    steps_with_answers_on_path,
)
from tests.cases.samples import ask_many, ask_one, case, chose, decide, flat, ticked

STORY, _ = case(
    decide(routes={"same_day": "tell", "proceed": "harm"}),
    ask_one("tell", routes={"*": "check"}),
    ask_one("harm"),
    ask_many("check"),
)
SAFE: dict[str, Answer | None] = {
    "decide": chose("same_day"),
    "tell": chose("right"),
    "check": ticked("fever"),
}


@pytest.mark.parametrize(
    ("answers", "reached"),
    [
        pytest.param({}, ["decide"], id="nothing answered"),
        pytest.param({"decide": None}, ["decide"], id="a blank leads nowhere"),
        pytest.param({"decide": {}}, ["decide"], id="an empty blank"),
        pytest.param({"decide": chose("modify")}, ["decide"], id="an end"),
        pytest.param({"decide": chose("proceed")}, ["decide", "harm"], id="one way"),
        pytest.param(SAFE, ["decide", "tell", "check"], id="the other way"),
        pytest.param({**SAFE, "tell": None}, ["decide", "tell"], id="a gap ends it"),
        pytest.param({**SAFE, "harm": chose("right")}, ["decide", "tell", "check"], id="elsewhere"),
    ],
)
def test_the_steps_that_answers_reach(
    answers: dict[str, Answer | None], reached: list[str]
) -> None:
    assert [step.id for step, _ in steps_with_answers_on_path(STORY, answers)] == reached


@pytest.mark.parametrize(
    ("locked", "shown"),
    [
        pytest.param([], ["decide"], id="answered, and not gone on"),
        pytest.param(["decide"], ["decide", "tell"], id="gone on once"),
        pytest.param(["tell"], ["decide"], id="a lock further on opens nothing"),
        pytest.param(["decide", "tell"], ["decide", "tell", "check"], id="to the end"),
    ],
)
def test_what_follows_shows_only_after_the_lock(locked: list[str], shown: list[str]) -> None:
    assert [step.id for step in steps_shown_to_learner(STORY, SAFE, locked=locked)] == shown


def test_a_locked_step_that_ends_the_case_shows_no_more() -> None:
    ended = {"decide": chose("modify")}
    assert [step.id for step in steps_shown_to_learner(STORY, ended, locked=["decide"])] == [
        "decide"
    ]


def test_successors() -> None:
    assert step_after_answer_or_none(STORY, "decide", chose("modify")) is None
    following = step_after_answer_or_none(STORY, "decide", chose("proceed"))
    assert following is not None
    assert following.id == "harm"


def test_a_step_locks_alike_for_all_its_options() -> None:
    assert [step.id for step in STORY.steps if step_locks_its_answer(step)] == ["decide", "tell"]
    front, _ = flat()
    assert not step_locks_its_answer(front.first_step)


def test_a_loop_in_stored_content_ends() -> None:
    looping, _ = case(decide(routes={"*": "tell"}), ask_one("tell", routes={"*": "decide"}))
    walked = steps_with_answers_on_path(
        looping, {"decide": chose("modify"), "tell": chose("right")}
    )
    assert [step.id for step, _ in walked] == ["decide", "tell"]
    assert isinstance(looping, CaseFront)
