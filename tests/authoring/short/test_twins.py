"""Twins: one fact changes, what still holds stays, and what does not is named."""

from itertools import cycle

import pytest
from flask import Flask

from cpd.authoring.short.twins import Twin, TwinChanges, WordsNotFoundError, build_twin
from cpd.authoring.sources.disk import read_folder_files
from cpd.authoring.sources.loading import load_course_files
from cpd.cases.scales import Decision
from tests.authoring.short.test_short_case import texts_by_path
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.support.visitor import Visitor

DIZZY = "quinn-dizzy"
TWINS = f"/authoring/courses/{SLUG}/twins/{DIZZY}"
ANSWERS = {
    "old_words": "grew dizzy in the queue and blacked out for a moment",
    "new_words": "was a little thirsty in the queue",
    "decision": "proceed",
}


def twin_of(slug: str, decision: Decision, *, why: str = "", old_words: str = "") -> Twin:
    course = courses.bundle()
    case = next(case for case in course.cases if case.slug == slug)
    old_words = old_words or case.source.body.split()[0].strip(",")
    changes = TwinChanges(old_words, "Zoltan", decision, "Ada Lindqvist", why)
    return build_twin(case.text, case.file, changes, course, taken={slug})


def test_a_twin_of_every_case_has_no_fault() -> None:
    """The decisions take turns, and a practice case comes last in its section."""
    decided = [c for c in courses.bundle().cases if c.file.steps[0].right_decision is not None]
    exam = [case for case in decided if case.file.pool == "exam"]
    answers = cycle(Decision)
    twins = [twin_of(case.slug, next(answers)) for case in [*exam, decided[0]]]
    files = {
        **read_folder_files(courses.FOLDER),
        **{f"cases/{twin.id}.md": twin.text.encode() for twin in twins},
    }
    loaded = load_course_files(files, name=SLUG, stored_texts=courses.find_known_texts)
    assert loaded.faults == []


def test_the_same_answer_changes_nothing_but_the_fact() -> None:
    case = next(case for case in courses.bundle().cases if case.slug == DIZZY)
    twin = twin_of(DIZZY, Decision.SAME_DAY)
    before, after = case.text.splitlines(), twin.text.splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line.partition(":")[0] for line in changed[:3]] == ["id", "title", "position"]
    assert "family: quinn" in after
    assert changed[-1].startswith("Zoltan, 48")


def test_reasons_that_are_wrong_in_another_way_become_standard_and_are_named() -> None:
    twin = twin_of(DIZZY, Decision.EMERGENCY, why="he is hard to wake")
    assert "key: emergency" in twin.text
    assert "Right. He is hard to wake." in twin.text
    assert "advice later today is too late" in twin.text
    named = {path[3] for path in twin.leftovers if path[-1] == "rationale" and path[1] == 0}
    assert named == {"proceed", "modify", "postpone", "same_day"}
    assert any(path[1] == 1 for path in twin.leftovers)


def test_words_that_are_not_in_the_case_are_refused() -> None:
    with pytest.raises(WordsNotFoundError):
        twin_of(DIZZY, Decision.PROCEED, old_words="a broken leg")


def test_a_twin_is_made_in_the_browser(app: Flask, ada: Visitor) -> None:
    files_page = ada.get(f"/authoring/courses/{SLUG}").page
    assert TWINS in files_page.links().values()
    ada.get(TWINS)
    page = ada.submit({**ANSWERS, "old_words": "a rash"}, action=DIZZY, status=422).text
    assert "Copy them from the case." in page
    ada.submit(ANSWERS, action=DIZZY, status=303)
    page = ada.follow().text
    assert "rewrite what no longer fits: step 1, step 2." in page
    text = texts_by_path(app)[f"cases/{DIZZY}-twin.md"]
    assert "Quinn, 48, was a little thirsty in the queue." in text
    assert "key: proceed" in text
    ada.get(TWINS + "-absent", status=404)
