"""What differs between two versions of a course: cards by their words, the rest by their hash."""

from dataclasses import replace
from typing import Any

import pytest

from cpd.courses.rules.outline import Outline, Part
from cpd.courses.rules.version_changes import (
    Change,
    Group,
    Kind,
    Line,
    Side,
    cards_that_differ,
    changes,
)

FRONT = {
    "signs": {"modify": ["Red skin"], "postpone": ["Blisters"]},
    "rule": "Leave it alone.",
    "say": "I leave it out.",
    "tell": "Nobody.",
    "passage": "section:one#burns",
    "basis": "house-rule",
    "references": [],
}


def part(slug: str, hash_: str = "a", *, revision: int = 1, **front: Any) -> Part:
    return Part(revision, 1, "rev", slug, slug.title(), front=front, content_hash=hash_)


def card(slug: str, hash_: str = "a", *, revision: int = 1, **front: Any) -> Part:
    return part(slug, hash_, revision=revision, **(FRONT | front))


def outline(**parts: Any) -> Outline:
    return Outline(course=part("course"), exam=part("exam"), **parts)


HTML = {1: "", 2: "", 3: "<p>More.</p>"}


def between(old: Outline, new: Outline) -> list[tuple[str, str, str]]:
    return [(one.type, one.kind.value, one.part.slug) for one in changes(old, new, HTML)]


BURNS = outline(hazards=(card("burns"),))


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param(card("burns"), [], id="the same"),
        pytest.param(card("burns", "b", revision=2), [], id="another hash, the same words"),
        pytest.param(card("burns", "b", revision=2, rule="No."), ["changed"], id="another rule"),
        pytest.param(
            card("burns", "b", revision=2, signs={"modify": ["Red skin", "Blisters"]}),
            ["changed"],
            id="a sign that asks for something else",
        ),
        pytest.param(card("burns", "b", revision=3), ["changed"], id="another body"),
        pytest.param(card("burns", "b", revision=2, basis="evidence"), ["changed"], id="a basis"),
    ],
)
def test_a_card_changes_when_its_words_do(now: Part, found: list[str]) -> None:
    new = outline(hazards=(now,))
    assert [kind for _, kind, _ in between(BURNS, new)] == found
    differ = [] if now.content_hash == "a" else [BURNS.hazards[0], now]
    assert cards_that_differ(BURNS, new) == differ


def test_a_card_that_is_only_stored_in_another_form_has_not_changed() -> None:
    once = card("burns", "old", decision="modify", signs=["Red skin"])
    now = card("burns", "new", revision=2, signs={"modify": ["Red skin"]})
    assert between(outline(hazards=(once,)), outline(hazards=(now,))) == []


def test_what_only_one_version_has_is_marked_on_its_side() -> None:
    now = card(
        "burns",
        "b",
        revision=2,
        signs={"modify": ["Red skin"], "emergency": ["Blisters", "Chills"]},
        rule="Leave it alone, and look again.",
        tell="Their doctor.",
    )
    (found,) = changes(BURNS, outline(hazards=(now,)), HTML)
    before = Side(
        (
            Group("postpone", (Line("Blisters", is_alone=True),)),
            Group("modify", (Line("Red skin", is_alone=False),)),
        ),
        {
            "rule": Line("Leave it alone.", is_alone=True),
            "tell": Line("Nobody.", is_alone=True),
        },
    )
    after = Side(
        (
            Group("emergency", (Line("Blisters", is_alone=True), Line("Chills", is_alone=True))),
            Group("modify", (Line("Red skin", is_alone=False),)),
        ),
        {
            "rule": Line("Leave it alone, and look again.", is_alone=True),
            "tell": Line("Their doctor.", is_alone=True),
        },
    )
    assert found == Change("hazard", Kind.CHANGED, now, before, after)


def test_a_rule_that_stays_is_shown_unmarked() -> None:
    now = card("burns", "b", revision=2, say="Not today.")
    (found,) = changes(BURNS, outline(hazards=(now,)), HTML)
    assert found.now == Side(
        (
            Group("postpone", (Line("Blisters", is_alone=False),)),
            Group("modify", (Line("Red skin", is_alone=False),)),
        ),
        {
            "rule": Line("Leave it alone.", is_alone=False),
            "say": Line("Not today.", is_alone=True),
        },
    )


def test_safety_comes_first_the_most_urgent_before_all() -> None:
    old = outline(
        hazards=(card("gone", signs={"emergency": ["x"]}), card("burns")),
        sections=(part("one"), part("two"), part("left-out")),
        tools=(part("sheet"),),
        figures=(part("picture"),),
        glossary=part("glossary"),
    )
    new = replace(
        old,
        hazards=(
            card("burns", "b", revision=2, rule="No."),
            card("clot", signs={"emergency": ["x"], "proceed": ["y"]}),
            card("cold", signs={"same_day": ["x"]}),
        ),
        sections=(part("new"), part("two", "b"), part("one")),
        tools=(part("sheet", "b"),),
        figures=(part("picture", "b"),),
        glossary=part("glossary", "b"),
    )
    assert between(old, new) == [
        ("hazard", "new", "clot"),
        ("hazard", "new", "cold"),
        ("hazard", "changed", "burns"),
        ("hazard", "removed", "gone"),
        ("section", "new", "new"),
        ("section", "changed", "two"),
        ("section", "removed", "left-out"),
        ("tool", "changed", "sheet"),
        ("figure", "changed", "picture"),
        ("glossary", "changed", "glossary"),
    ]


def test_cases_and_the_exam_are_not_named() -> None:
    old = outline(practice={"one": (part("rosa"),)})
    new = replace(old, practice={"one": (part("rosa", "b"), part("wim"))}, exam=part("exam", "b"))
    assert between(old, new) == []


def test_a_glossary_can_come_and_go() -> None:
    without, having = outline(), outline(glossary=part("glossary"))
    assert between(without, having) == [("glossary", "new", "glossary")]
    assert between(having, without) == [("glossary", "removed", "glossary")]
