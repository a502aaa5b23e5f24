"""Signs are found in other words; an example or two is no list."""

import pytest

from cpd.authoring.checks.faults.lists import split_into_passages
from cpd.authoring.checks.sign_wordings import (
    Passage,
    SignWordings,
    content_stems,
    split_into_clauses,
)
from cpd.authoring.files.sign_list import SignListFile

STROKE = SignListFile.model_validate(
    {
        "id": "stroke",
        "title": "Stroke",
        "decision": "emergency",
        "family_of_flags": [],
        "references": [],
        "signs": [
            {"sign": "a face that droops"},
            {"sign": "an arm, a leg or one side that is weak or numb"},
            {"sign": "speech that is slurred, lost or wrong", "short": "slurred speech"},
            {"sign": "confusion"},
            {"sign": "swelling around the eyes"},
        ],
    }
)


WORDINGS = SignWordings.of(STROKE)


def is_written_out(text: str) -> bool:
    return any(passage.writes_out(WORDINGS) for passage in split_into_passages(text))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("A drooping face.", {"a face that droops"}),
        ("Her arm was weak and one side of her leg numb", {STROKE.signs[1].sign}),
        ("he is confused; the eyes are swollen", {"confusion", "swelling around the eyes"}),
        ("She slurs her speech.", {"slurred speech"}),
        ("His face was calm. The branches droop.", set()),
        ("An arm that hurts", set()),
        ("", set()),
    ],
)
def test_a_sign_is_found_by_the_stems_of_its_words(text: str, named: set[str]) -> None:
    places = WORDINGS.places_named_in(list(split_into_clauses(text)))
    assert {STROKE.signs[place].short_wording for place in places} == named


@pytest.mark.parametrize(
    "text",
    [
        "Call for a drooping face, slurred speech or confusion.",
        "- the face droops\n- speech is slurred\n- sudden confusion\n",
        "> - the face droops\n> - speech is\n>   slurred [@who-2020]\n> - confusion\n",
        "| See | Do |\n|---|---|\n| **Stroke:** drooping face; slurred speech; confused | Call |\n",
        "1. Is there a drooping face?\n2. Slurred speech?\n3. Confusion?\n",
    ],
)
def test_a_list_in_other_words_is_found(text: str) -> None:
    assert is_written_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "Call for a drooping face or confusion.",
        "The face droops.\n\nSpeech is slurred.\n\nSudden confusion.\n",
        "- the face droops\n- pain\n- a rash\n- slurred speech\n- a fall\n- a cough\n- confusion\n",
        "Call for [signs:stroke], and note a drooping face.",
        "See [the signs](section:drooping-face#slurred-speech-and-confusion).",
    ],
)
def test_examples_and_lists_of_many_topics_are_no_such_list(text: str) -> None:
    assert not is_written_out(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("grey skin", "gray skin"),
        ("the loss of sight", "sight that is lost"),
        ("swollen", "swelling"),
        ("it worsens", "worse"),
        ("numbness and weakness", "numb and weak"),
        ("breathlessness", "breathless"),
        ("vomiting", "vomits"),
        ("drowsy", "drowsiness"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert content_stems(one) == content_stems(other) != set()


def test_half_of_a_long_list_is_needed() -> None:
    long = STROKE.model_copy(update={"signs": [*STROKE.signs, STROKE.signs[4], STROKE.signs[4]]})
    text = Passage(("a drooping face, slurred speech or confusion",))
    assert text.writes_out(WORDINGS)
    assert not text.writes_out(SignWordings.of(long))
