"""Every kind of answer passes the same tests; a new one needs no test of its own here."""

from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.cases.front import Answer, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import InvalidAnswerError, Kind
from cpd.cases.kinds.registry import KINDS
from cpd.cases.scales import Danger
from cpd.kernel.canonical import encode_json
from tests.support.house import CPD

FOLDERS = CPD / "cases" / "kinds"
PAGES = ("ask.html", "review.html", "edit.html", "offer.html", "called.html")

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def readable(kind: Kind) -> list[Any]:
    """Every answer that the kind reads from a subset of its example's options."""
    step, _ = kind.build_example_step_and_key()
    found = []
    for number in range(len(step.options) + 1):
        for values in combinations(step.option_ids, number):
            try:
                found.append(kind.parse_answer(step, values))
            except InvalidAnswerError:
                continue
    return found


def test_each_folder_is_a_kind_and_each_kind_a_folder() -> None:
    folders = {path.parent.name for path in FOLDERS.glob("*/__init__.py")}
    assert folders == set(KINDS)


@every_kind
def test_it_goes_by_its_name(kind: Kind) -> None:
    assert KINDS[kind.name] is kind
    step, key = kind.build_example_step_and_key()
    assert step.kind == key.kind == kind.name
    assert step.id == key.id
    assert step.option_ids == tuple(option.id for option in key.options)


@every_kind
def test_silence_earns_nothing_and_harms_nobody(kind: Kind) -> None:
    step, key = kind.build_example_step_and_key()
    empty: Answer = {}
    for silence in (None, empty):
        mark = kind.mark_answer(key, silence)
        assert mark.is_blank
        assert not mark.earned
        assert mark.danger is None
        assert kind.chosen_texts(step, silence) == []
        assert kind.next_step_id_or_none(step, silence) is None


@every_kind
def test_its_example_parses(kind: Kind) -> None:
    assert any(readable(kind))


@every_kind
def test_marks_stay_in_bounds(kind: Kind) -> None:
    step, key = kind.build_example_step_and_key()
    for answer in readable(kind):
        mark = kind.mark_answer(key, answer)
        assert 0 <= mark.earned <= 1
        assert isinstance(mark.earned, Fraction)
        assert set(mark.chosen) <= set(step.option_ids)
        assert set(mark.dangerous_options) <= set(step.option_ids)
        assert len(kind.chosen_texts(step, answer)) == len(mark.chosen)


@every_kind
def test_a_right_answer_earns_full_marks_and_is_safe(kind: Kind) -> None:
    _, key = kind.build_example_step_and_key()
    marks = [mark for _, mark in kind.possible_answers_with_marks(key)]
    assert max(mark.earned for mark in marks) == 1
    assert all(mark.danger is Danger.SAFE for mark in marks if mark.earned == 1)
    assert all(
        mark == kind.mark_answer(key, answer)
        for answer, mark in kind.possible_answers_with_marks(key)
    )


@every_kind
def test_ticking_everything_earns_nothing(kind: Kind) -> None:
    step, key = kind.build_example_step_and_key()
    try:
        answer = kind.parse_answer(step, step.option_ids)
    except InvalidAnswerError:
        return  # it refuses more than one answer
    assert kind.mark_answer(key, answer).earned <= 0


@every_kind
def test_the_prover_sees_the_best_and_the_worst(kind: Kind) -> None:
    _, key = kind.build_example_step_and_key()
    marks = [kind.mark_answer(key, answer) for answer in readable(kind)]
    outcomes = [mark for _, mark in kind.possible_answers_with_marks(key)]
    assert max(mark.earned for mark in marks) == max(mark.earned for mark in outcomes)
    harms = {mark.danger for mark in marks if mark.danger is not None}
    assert harms == {mark.danger for mark in outcomes}


@every_kind
@pytest.mark.parametrize(
    "values",
    [["foreign"], [""], ["\x00"], ["🦶" * 5000], ["{}"], ["foreign", "foreign"]],
    ids=["foreign", "empty", "control", "long", "json", "repeated"],
)
def test_what_is_no_answer_is_said_in_a_sentence(kind: Kind, values: list[str]) -> None:
    step, _ = kind.build_example_step_and_key()
    for sent in (values, [*step.option_ids, *values]):
        with pytest.raises(InvalidAnswerError) as caught:
            kind.parse_answer(step, sent)
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert len(sentence) < 200
        assert "foreign" not in sentence


@every_kind
def test_a_repeated_answer_is_refused(kind: Kind) -> None:
    step, _ = kind.build_example_step_and_key()
    with pytest.raises(InvalidAnswerError):
        kind.parse_answer(step, [step.option_ids[0]] * 2)


@every_kind
@given(values=st.lists(st.text(max_size=20), max_size=30))
def test_whatever_is_sent_is_read_or_refused(kind: Kind, values: list[str]) -> None:
    step, key = kind.build_example_step_and_key()
    try:
        answer = kind.parse_answer(step, values)
    except InvalidAnswerError:
        return
    assert 0 <= kind.mark_answer(key, answer).earned <= 1


@every_kind
def test_answers_and_keys_survive_json(kind: Kind) -> None:
    step, key = kind.build_example_step_and_key()
    assert StepFront.from_json(step.to_json()) == step
    assert StepKey.from_json(key.to_json()) == key
    for answer in readable(kind):
        encode_json(answer)


@every_kind
@pytest.mark.parametrize("page", PAGES)
def test_its_templates_exist(kind: Kind, page: str) -> None:
    assert (FOLDERS / kind.name / page).is_file()


@every_kind
def test_asking_knows_no_key(kind: Kind) -> None:
    asks, explains = ((FOLDERS / kind.name / page).read_text() for page in PAGES[:2])
    secrets = ("key.option", "rationale", ".danger", ".marks", ".correct", ".routes")
    assert [word for word in secrets if word in asks] == []
    assert "key.option" in explains  # the control: the page that explains reads the key
