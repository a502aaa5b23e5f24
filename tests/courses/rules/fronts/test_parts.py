"""The fronts of parts: as releases write them today, and as earlier ones stored them."""

from typing import Any

import pytest

from cpd.cases.scales import Basis, Decision, Pool
from cpd.content.document import SafeHtml
from cpd.content.extract import ExtractedBox
from cpd.courses.rules.fronts.parts import (
    CaseListing,
    FigureFront,
    GlossaryFront,
    HazardFront,
    Heading,
    SectionFront,
    SignGroup,
    ToolFront,
    build_front_with_corrections,
    does_part_correct_source,
)

BLISTERS = SignGroup(Decision.POSTPONE, ("Blisters",))
SORE = SignGroup(Decision.MODIFY, ("Red skin", "Sore skin"))
CARD = {
    "signs": {"modify": ["Red skin"]},
    "rule": "Leave it alone.",
    "say": "I leave it out.",
    "tell": "Nobody.",
    "passage": "section:adapting#burnt-skin",
    "basis": "house-rule",
    "references": ["keller-2019"],
}


@pytest.mark.parametrize(
    ("front", "groups"),
    [
        pytest.param({"signs": {"modify": ["Red skin", "Sore skin"]}}, (SORE,), id="one decision"),
        pytest.param(
            {"signs": {"modify": ["Red skin", "Sore skin"], "postpone": ["Blisters"]}},
            (BLISTERS, SORE),
            id="a range, in any order of the file",
        ),
        pytest.param(
            {"decision": "modify", "signs": ["Red skin", "Sore skin"]}, (SORE,), id="an early card"
        ),
    ],
)
def test_signs_by_the_decision_they_ask_for(
    front: dict[str, Any], groups: tuple[SignGroup, ...]
) -> None:
    assert HazardFront.from_json(CARD | front).signs == groups


def test_a_card_names_its_passage_and_who_signed() -> None:
    card = HazardFront.from_json(CARD | {"signed_by": None})
    assert (card.passage_section_slug, card.passage_anchor) == ("adapting", "burnt-skin")
    assert (card.basis, card.references, card.signed_by) == (
        Basis.HOUSE_RULE,
        ("keller-2019",),
        "",
    )
    assert HazardFront.from_json(CARD | {"signed_by": "Dr R. Menon"}).signed_by == "Dr R. Menon"


def test_a_section_holds_what_publishing_found_in_its_text() -> None:
    stored = {
        "required": False,
        "headings": [{"level": 2, "anchor": "heat", "text": "Heat"}],
        "cites": ["keller-2019"],
        "figures": ["cool-down"],
        "corrected": [{"anchor": "heat", "html": "<p>Not so.</p>"}],
    }
    front = SectionFront.from_json(stored)
    assert front == SectionFront(
        is_required=False,
        headings=(Heading(2, "heat", "Heat"),),
        cites=("keller-2019",),
        figures=("cool-down",),
        corrected=(ExtractedBox("heat", SafeHtml("<p>Not so.</p>")),),
    )
    assert front.anchors == {"heat"}


def test_early_fronts_lack_what_later_releases_found() -> None:
    assert SectionFront.from_json({}) == SectionFront(is_required=True)
    assert ToolFront.from_json({"summary": "S."}) == ToolFront(summary="S.", is_open=False)


def test_corrections_are_shown_as_they_are_rendered_today() -> None:
    stored = {"corrected": [{"anchor": "", "html": "old"}]}
    assert does_part_correct_source(stored)
    today = build_front_with_corrections(stored, [{"anchor": "", "html": "new"}])
    assert SectionFront.from_json(today).corrected == (ExtractedBox("", SafeHtml("new")),)
    assert SectionFront.from_json(build_front_with_corrections(stored, None)).corrected == ()


def test_an_early_front_without_corrections_stays_without() -> None:
    assert not does_part_correct_source({})
    assert build_front_with_corrections({}, []) == {}


def test_a_sheet_is_open_where_it_says_so() -> None:
    assert ToolFront.from_json({"summary": "S.", "open": True}).is_open


def test_a_figure_holds_its_picture() -> None:
    front = FigureFront.from_json({"alt": "A.", "width": 4, "height": 3, "svg": "<svg/>"})
    assert front == FigureFront(alt="A.", width=4, height=3, svg="<svg/>")


def test_terms_are_in_alphabetical_order() -> None:
    terms = [
        {"id": word, "term": word, "meaning": "M.", "section": "one"} for word in ("stroke", "Heat")
    ]
    assert [term.id for term in GlossaryFront.from_json({"terms": terms}).terms] == [
        "Heat",
        "stroke",
    ]


def test_a_case_is_listed_without_its_text() -> None:
    stored = {"id": "leo", "pool": "exam", "section": "one", "hazards": ["heat"], "open": False}
    listed = CaseListing.from_json({**stored, "stem_html": "<p>Leo.</p>"})
    assert listed == CaseListing("leo", Pool.EXAM, "one", ("heat",), is_open=False)
