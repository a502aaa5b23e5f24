"""How each kind asks and explains, as the pages include it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import render_template
from markupsafe import Markup

from cpd.access import room as access
from cpd.cases.kinds.registry import KINDS
from cpd.cases.room import add_case_templates_and_globals
from cpd.cases.scales import Danger, Decision
from cpd.config import Settings
from cpd.joints.connect import connect_rooms
from cpd.web import shell
from cpd.web.site import Site
from tests.cases.samples import (
    CITED,
    EMERGENCY,
    PROCEED,
    SAME_DAY,
    Step,
    ask_many,
    ask_one,
    chose,
    decide,
    ticked,
)
from tests.support.html_validate import HtmlValidator
from tests.support.joints import asking
from tests.support.pages import Page, check, words

Show = Callable[..., Page]
EXAMPLES: dict[str, Step] = {
    name: kind.build_example_step_and_key() for name, kind in KINDS.items()
}


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Show:
    """Renders the asking or explaining part of a step inside a page."""
    app = Site()
    app.config["CPD"] = Settings(
        database_url="sqlite://",
        instance_dir=Path(tmp_path_factory.mktemp("instance")),
        public_url="http://localhost",
        secret_key="a key for the tests that is long enough",
        testing=True,
    )
    app.secret_key = "a key for the tests that is long enough"
    shell.init_app(app)
    connect_rooms(app, [access.ROOM, asking()])
    add_case_templates_and_globals(app)

    def render(step: Step, part: str, **facts: Any) -> Page:
        front, key = step
        given: dict[str, Any] = {"step": front, "answer": None, "order": None}
        if part == "review":
            given |= {"key": key, "fill": Markup}
        else:
            given |= {"name": "choice", "prompt_id": "question"}
        with app.test_request_context():
            body = render_template(f"kinds/{front.kind}/{part}.html", **(given | facts))
        head = '<!doctype html><html lang="en"><head><title>t</title></head><body><main><h1>t</h1>'
        return check(f"{head}{body}</main></body></html>", f"{front.kind}/{part}")

    return render


def fields(page: Page) -> list[tuple[str | None, str | None, bool]]:
    return [
        (field.get("name"), field.get("value"), "checked" in field.attrib)
        for field in page.all("input")
    ]


def mine(page: Page) -> list[str]:
    return [words(item) for item in page.all("li") if "mine" in (item.get("class") or "")]


def items(page: Page) -> dict[str, str]:
    """Each explained option by its first words."""
    return {words(item[0]).removesuffix(" Your answer"): words(item) for item in page.all("li")}


@pytest.mark.parametrize("kind", EXAMPLES)
@pytest.mark.parametrize("part", ["ask", "review"])
def test_the_html_checker_finds_nothing(
    show: Show, html_validator: HtmlValidator, kind: str, part: str
) -> None:
    front, _ = EXAMPLES[kind]
    answer = KINDS[kind].parse_answer(front, front.option_ids[:1])
    for given in (None, answer):
        page = show(EXAMPLES[kind], part, answer=given)
        html_validator.check(page.html)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_asking_shows_every_option_and_what_was_chosen(show: Show, kind: str) -> None:
    front, _ = EXAMPLES[kind]
    chosen = front.option_ids[1]
    answer = KINDS[kind].parse_answer(front, [chosen])
    assert fields(show(EXAMPLES[kind], "ask", answer=answer)) == [
        ("choice", option, option == chosen) for option in front.option_ids
    ]
    assert not any(checked for _, _, checked in fields(show(EXAMPLES[kind], "ask")))


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_prompt_names_the_group_and_can_take_the_focus(show: Show, kind: str) -> None:
    (legend,) = show(EXAMPLES[kind], "ask").all("legend")
    assert words(legend) == EXAMPLES[kind][0].prompt
    assert legend.get("id") == "question"


@pytest.mark.parametrize(
    ("kind", "follows"), [("single", True), ("multiple", True), ("decision", False)]
)
def test_the_drawn_order_is_kept_and_decisions_have_but_one(
    show: Show, kind: str, *, follows: bool
) -> None:
    front, _ = EXAMPLES[kind]
    backwards = front.option_ids[::-1]
    shown = tuple(value for _, value, _ in fields(show(EXAMPLES[kind], "ask", order=backwards)))
    assert shown == (backwards if follows else front.option_ids)


def test_asking_shows_nothing_of_the_key(show: Show) -> None:
    step = decide(EMERGENCY, raised={SAME_DAY: CITED})
    asked, explained = show(step, "ask"), show(step, "review")
    for secret in ("Because", "Critical", "Unsafe", "House rule", "marks"):
        assert secret not in asked.text
        assert secret in explained.text  # the control


def test_two_questions_with_hints_can_stand_on_one_page(show: Show) -> None:
    first = show(ask_many(), "ask", prompt_id="one")
    second = show(ask_many(), "ask", prompt_id="two")
    described = [page.all("fieldset")[0].get("aria-describedby") for page in (first, second)]
    assert described == ["one-hint", "two-hint"]


# Explaining


def test_a_decision_explains_all_five(show: Show) -> None:
    page = show(decide(SAME_DAY), "review", answer=chose("proceed"))
    assert len(page.all("li")) == 5
    (own,) = mine(page)
    assert "Go ahead" in own
    assert "Your answer" in own
    assert "Unsafe Not careful enough: no marks." in own
    assert "Safe Right: full marks." in page.text
    assert "Too cautious One step too careful: half marks." in page.text
    assert "A sentence to say : Let us wait." in page.text.replace("say:", "say :")


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        pytest.param(
            decide(EMERGENCY), "Treating despite a sign of an emergency: not a pass", id="emergency"
        ),
        pytest.param(
            decide(SAME_DAY, clot_suspected=True), "Massage where a clot is suspected", id="clot"
        ),
        pytest.param(
            decide(SAME_DAY, raised={PROCEED: CITED}), "Critical in this case", id="raised"
        ),
        pytest.param(decide(PROCEED), "Too careful by more than one step: no marks", id="careful"),
    ],
)
def test_the_line_that_applied_is_repeated(show: Show, step: Step, sentence: str) -> None:
    assert sentence in show(step, "review").text


def test_a_critical_rule_says_that_nobody_has_signed_it(show: Show) -> None:
    unsigned = "A clinician has yet to sign this rule"
    assert unsigned in show(decide(EMERGENCY), "review").text
    assert unsigned not in show(decide(SAME_DAY), "review").text


def test_reasons_of_equal_and_raised_decisions_are_shown(show: Show) -> None:
    page = show(decide(SAME_DAY, also={EMERGENCY: CITED}, raised={PROCEED: CITED}), "review")
    assert page.text.count("Because of this paper.") == 2
    assert "Why this is right too" in page.text
    assert "Why this is critical here" in page.text


def folded(page: Page) -> list[str]:
    return [words(item[0]) for fold in page.all("details") for item in fold.iter("li")]


def test_the_other_answers_are_folded_away(show: Show) -> None:
    decided = show(decide(SAME_DAY, also={EMERGENCY: CITED}), "review", answer=chose("postpone"))
    assert folded(decided) == ["Go ahead", "Change the plan"]
    assert words(decided.all("summary")[0]) == "The 2 other answers"
    one = show(ask_one(), "review", answer=chose("right"))
    assert folded(one) == ["The wrong one"]
    assert words(one.all("summary")[0]) == "The other answer"
    assert folded(show(ask_many(), "review", answer=ticked("fever", "price"))) == [
        "Ask about star-sign"
    ]


def test_nothing_is_framed_when_nothing_was_chosen(show: Show) -> None:
    for step in (decide(), ask_one(), ask_many()):
        assert mine(show(step, "review")) == []


def test_a_single_answer_explains_every_option(show: Show) -> None:
    step = ask_one(dangers={"slow": Danger.SUBOPTIMAL, "deadly": Danger.CRITICAL})
    told = items(show(step, "review", answer=chose("slow"), order=["deadly", "slow", "right"]))
    assert list(told) == ["The slow one", "The right one", "The deadly one"]
    assert "Critical in this case" in told["The deadly one"]
    assert "A clinician has yet to sign this rule" in told["The deadly one"]
    assert "Your answer" in told["The slow one"]
    assert "Not right: no marks." in told["The slow one"]
    assert "Right: full marks." in told["The right one"]


def test_a_partly_right_answer_says_so(show: Show) -> None:
    front, key = ask_one()
    halved = [
        {**o.to_json(), "marks": "1/2"} if o.id == "wrong" else o.to_json() for o in key.options
    ]
    half = type(key).from_json({**key.to_json(), "options": halved})
    assert "Partly right: some marks." in show((front, half), "review").text


def test_several_answers_explain_ticks_and_omissions(show: Show) -> None:
    step = ask_many(missed={"new-signs": Danger.CRITICAL})
    page = show(step, "review", answer=ticked("fever", "price"))
    told = [words(item) for item in page.all("li")]
    fever, new_signs, price, star_sign = told
    assert "You chose this" in fever
    assert "Safe It belongs here." in fever
    assert "Critical It belongs here, and you left it out." in new_signs
    assert "A mistake here is critical" in new_signs
    assert "A clinician has yet to sign this rule" in new_signs
    assert "Not the best It does not belong here." in price
    assert "It does not belong here, and you did not choose it." in star_sign
    assert len(mine(page)) == 2


def test_a_blank_is_not_reproached_with_omissions(show: Show) -> None:
    told = [words(item) for item in show(ask_many(), "review").all("li")]
    assert "It belongs here, and you left it out." in told[0]
    assert "Not the best" not in told[0]


@pytest.mark.parametrize("step", [decide(), ask_one(), ask_many()])
def test_texts_of_authors_are_escaped(show: Show, step: Step) -> None:
    front, key = step
    hostile = type(front).from_json({**front.to_json(), "prompt": "<b>Why?</b> & so on"})
    legend: Element = show((hostile, key), "ask").all("legend")[0]
    assert words(legend) == "<b>Why?</b> & so on"


def test_every_decision_has_its_words() -> None:
    front, _ = EXAMPLES["decision"]
    assert [option.text for option in front.options] == [
        "Go ahead",
        "Change the plan",
        "Not today: reschedule",
        "Not today: medical advice today",
        "Emergency: call now",
    ]
    assert len(front.options) == len(Decision)
