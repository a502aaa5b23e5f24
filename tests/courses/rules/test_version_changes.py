"""What differs between two versions of a course: cards by their words, the rest by their hash."""

from dataclasses import replace
from typing import Any

import pytest

from cpd.cases.scales import Basis, Decision
from cpd.courses.rules.outline import HazardPart, Outline
from cpd.courses.rules.version_changes import (
    ChangeKind,
    ComparedHazardCard,
    ComparedLine,
    ComparedSigns,
    HazardCardChange,
    compare_hazard_cards,
    compare_other_parts,
    differing_hazard_cards,
)
from tests.factories import outlines
from tests.factories.outlines import card


def outline(**parts: Any) -> Outline:
    return Outline(**{"course": outlines.course(), "exam": outlines.exam(), **parts})


HTML = {1: "", 2: "", 3: "<p>More.</p>"}


def between(old: Outline, new: Outline) -> list[tuple[str, str, str]]:
    changes = [*compare_hazard_cards(old, new, HTML), *compare_other_parts(old, new)]
    return [(change.type, change.kind.value, change.part.slug) for change in changes]


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
        pytest.param(
            card("burns", "b", revision=2, basis=Basis.EVIDENCE), ["changed"], id="a basis"
        ),
    ],
)
def test_a_card_changes_when_its_words_do(now: HazardPart, found: list[str]) -> None:
    new = outline(hazards=(now,))
    assert [kind for _, kind, _ in between(BURNS, new)] == found
    differ = [] if now.content_hash == "a" else [BURNS.hazards[0], now]
    assert differing_hazard_cards(BURNS, new) == differ


def test_a_card_that_is_only_stored_in_another_form_has_not_changed() -> None:
    once = card("burns", "old", signs={"modify": ["Red skin"]})
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
    (found,) = compare_hazard_cards(BURNS, outline(hazards=(now,)), HTML)
    before = ComparedHazardCard(
        (
            ComparedSigns(Decision.POSTPONE, (ComparedLine("Blisters", is_only_here=True),)),
            ComparedSigns(Decision.MODIFY, (ComparedLine("Red skin", is_only_here=False),)),
        ),
        {
            "rule": ComparedLine("Leave it alone.", is_only_here=True),
            "tell": ComparedLine("Nobody.", is_only_here=True),
        },
    )
    after = ComparedHazardCard(
        (
            ComparedSigns(
                Decision.EMERGENCY,
                (
                    ComparedLine("Blisters", is_only_here=True),
                    ComparedLine("Chills", is_only_here=True),
                ),
            ),
            ComparedSigns(Decision.MODIFY, (ComparedLine("Red skin", is_only_here=False),)),
        ),
        {
            "rule": ComparedLine("Leave it alone, and look again.", is_only_here=True),
            "tell": ComparedLine("Their doctor.", is_only_here=True),
        },
    )
    assert found == HazardCardChange("hazard", ChangeKind.CHANGED, now, before, after)


def test_a_rule_that_stays_is_shown_unmarked() -> None:
    now = card("burns", "b", revision=2, say="Not today.")
    (found,) = compare_hazard_cards(BURNS, outline(hazards=(now,)), HTML)
    assert found.now == ComparedHazardCard(
        (
            ComparedSigns(Decision.POSTPONE, (ComparedLine("Blisters", is_only_here=False),)),
            ComparedSigns(Decision.MODIFY, (ComparedLine("Red skin", is_only_here=False),)),
        ),
        {
            "rule": ComparedLine("Leave it alone.", is_only_here=False),
            "say": ComparedLine("Not today.", is_only_here=True),
        },
    )


def test_safety_comes_first_the_most_urgent_before_all() -> None:
    old = outline(
        hazards=(card("gone", signs={"emergency": ["x"]}), card("burns")),
        sections=tuple(outlines.section(slug) for slug in ("one", "two", "left-out")),
        tools=(outlines.tool("sheet"),),
        figures=(outlines.figure("picture"),),
        glossary=outlines.glossary(),
    )
    new = replace(
        old,
        hazards=(
            card("burns", "b", revision=2, rule="No."),
            card("clot", signs={"emergency": ["x"], "proceed": ["y"]}),
            card("cold", signs={"same_day": ["x"]}),
        ),
        sections=(outlines.section("new"), outlines.section("two", "b"), outlines.section("one")),
        tools=(outlines.tool("sheet", "b"),),
        figures=(outlines.figure("picture", "b"),),
        glossary=outlines.glossary("b"),
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
    old = outline(practice={"one": (outlines.case("rosa"),)})
    new = replace(
        old,
        practice={"one": (outlines.case("rosa", "b"), outlines.case("wim"))},
        exam=outlines.exam("b"),
    )
    assert between(old, new) == []


def test_a_glossary_can_come_and_go() -> None:
    without, having = outline(), outline(glossary=outlines.glossary())
    assert between(without, having) == [("glossary", "new", "glossary")]
    assert between(having, without) == [("glossary", "removed", "glossary")]
