"""Today's HTML in a case published long ago: what has a path is replaced, the rest stays."""

from dataclasses import replace

from cpd.cases.html_replacement import front_with_new_html, key_with_new_html
from tests.cases.samples import CITED, EMERGENCY, PROCEED, ask_one, case, decide


def test_stem_and_facts_are_replaced() -> None:
    front, _ = case(decide(), ask_one("tell"))
    shown = front_with_new_html(front, "<p>Stem.</p>", {"steps/1/facts": "<p>Facts.</p>"})
    assert shown.stem_html == "<p>Stem.</p>"
    assert [step.vignette_html for step in shown.steps] == ["", "<p>Facts.</p>"]
    assert replace(shown, stem_html=front.stem_html, steps=front.steps) == front


def test_decisions_are_found_by_their_words() -> None:
    _, key = case(decide(raised={PROCEED: CITED}, also={EMERGENCY: CITED}))
    texts = {
        "steps/0/options/modify/rationale": "Why.",
        "steps/0/raise/proceed": "Raised.",
        "steps/0/also/emergency": "Equal.",
    }
    (step,) = key_with_new_html(key, texts).steps
    assert step.option_by_id("modify").rationale_html == "Why."
    assert step.option_by_id("proceed").note_html == "Raised."
    assert step.option_by_id("emergency").note_html == "Equal."
    (before,) = key.steps
    assert (
        step.option_by_id("proceed").rationale_html == before.option_by_id("proceed").rationale_html
    )
    assert step.option_by_id("modify").note_html == before.option_by_id("modify").note_html == ""


def test_options_of_a_list_are_found_by_their_place() -> None:
    _, key = case(ask_one("tell"))
    (before,) = key.steps
    texts = {
        "steps/0/options/1/rationale": "Why.",
        f"steps/0/options/{before.options[0].id}": "No.",
    }
    (step,) = key_with_new_html(key, texts).steps
    assert [one.rationale_html for one in step.options][:2] == [
        before.options[0].rationale_html,
        "Why.",
    ]


def test_nothing_but_texts_changes() -> None:
    _, key = case(decide(), ask_one("tell"))
    path = "steps/0/options/modify/rationale"
    before = key.steps[0].option_by_id("modify").rationale_html
    assert key_with_new_html(key, {}) == key
    assert key_with_new_html(key_with_new_html(key, {path: "Why."}), {path: before}) == key
