"""What a blind answer is about: which changes of a case need a new one."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cpd.authoring.review.rules.keys import hash_case_key, list_words
from cpd.authoring.sources.loading import load_course_files
from tests.support.courses import SMALL

CASE = "cases/quinn-dizzy.md"


def hash_of(change: Callable[[str], str]) -> str:
    files = {
        str(path.relative_to(SMALL)): path.read_bytes()
        for path in Path(SMALL).rglob("*")
        if path.is_file()
    }
    changed = change(files[CASE].decode())
    loaded = load_course_files({**files, CASE: changed.encode()}, name=SMALL.name)
    assert loaded.bundle is not None
    built = loaded.bundle.built["quinn-dizzy"]
    return hash_case_key(built.front, built.key)


def replacing(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert re.search(old, text), old
        return re.sub(old, new, text, count=1)

    return change


@pytest.fixture(scope="module")
def before() -> str:
    return hash_of(lambda text: text)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(replacing("The right ear, in time.", "Her doctor, in time."), id="rationale"),
        pytest.param(replacing("title: Quinn is dizzy", "title: Dizzy"), id="title"),
        pytest.param(replacing("She laughs", "she **laughs**"), id="capitals and bold type"),
        pytest.param(replacing("moment. She", "moment; she"), id="punctuation"),
        pytest.param(replacing("“You need", "“We see that you need"), id="the sentence to say"),
    ],
)
def test_what_nobody_sees_before_answering_is_wording(
    before: str, change: Callable[[str], str]
) -> None:
    assert hash_of(change) == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(replacing("blacked out", "nearly blacked out"), id="a finding in the stem"),
        pytest.param(replacing("48", "84"), id="a number"),
        pytest.param(replacing("60 minutes", "30 minutes"), id="the plan"),
        pytest.param(replacing("Her sister, at", "Her brother, at"), id="an option"),
        pytest.param(replacing("danger: unsafe", "danger: critical"), id="a danger"),
        pytest.param(replacing("        leads_to: tell\n", ""), id="where an option leads"),
        pytest.param(replacing("Whom do", "When and whom do"), id="a question"),
        pytest.param(replacing("After your decision", "At once"), id="when it happens"),
    ],
)
def test_what_an_answer_rests_on_needs_a_new_one(before: str, change: Callable[[str], str]) -> None:
    assert hash_of(change) != before


@pytest.mark.parametrize(
    ("html", "words"),
    [
        pytest.param("<p>No fever.</p>", ["no", "fever"], id="a negation"),
        pytest.param("38.4 °C", ["38.4", "°", "c"], id="a temperature"),
        pytest.param("<b>Don’t</b> &lt; 3", ["don't", "<", "3"], id="an apostrophe and a sign"),
        pytest.param("-2 or 2", ["-2", "or", "2"], id="below zero"),
    ],
)
def test_which_words_count(html: str, words: list[str]) -> None:
    assert list_words(html) == words
