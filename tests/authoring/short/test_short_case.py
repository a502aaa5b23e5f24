"""A case from six answers, in the browser without a script."""

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.authoring.drafts.models import Draft
from cpd.authoring.ideas.models import Idea
from cpd.authoring.short.forms import NO_CARD
from cpd.db import db
from tests.factories import drafts
from tests.factories.courses import SLUG
from tests.support.people import ADA
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

SHORT = f"/authoring/courses/{SLUG}/short"
ANSWERS = {
    "client": "Vera, 61, comes in from the garden",
    "plan": "40 minutes, back, light pressure",
    "found": "She fainted in the car an hour ago.",
    "decision": "same_day",
    "why": "she fainted today",
    "tempting": "modify",
    "why_it_tempts": "She says that she feels better lying down",
    "topic": "fainted",
}
"""What an author writes; the small course has a card for it."""


@pytest.fixture
def on_the_page(ada: Visitor) -> Visitor:
    ada.get(SHORT)
    return ada


def texts_by_path(app: Flask) -> dict[str, str]:
    with app.app_context():
        rows = db.session.scalars(select(Draft).order_by(Draft.id)).all()
        return {row.path: row.text for row in rows}


def test_six_answers_and_a_card_make_a_case_without_faults(
    app: Flask, on_the_page: Visitor
) -> None:
    found = on_the_page.submit({**ANSWERS, "act": "find"}, action="/short", status=200)
    assert "No session; a doctor today." in found.text
    on_the_page.submit({"card": "fainting", "act": "make"}, action="/short", status=303)
    page = on_the_page.follow().text
    assert "No faults in this file." in page
    assert "This reason is still a standard text." in page
    text = texts_by_path(app)["cases/vera-visit.md"]
    assert 'passage: "section:noticing#fainting"' in text
    assert "objectives: [notice]" in text
    assert "Right. She fainted today." in text
    assert "**Plan:** 40 minutes, back, light pressure." in text


def test_a_decision_is_not_both_right_and_tempting(on_the_page: Visitor) -> None:
    wrong = {**ANSWERS, "tempting": "same_day", "card": "fainting", "act": "make"}
    on_the_page.submit({**ANSWERS, "act": "find"}, action="/short", status=200)
    page = on_the_page.submit(wrong, action="/short", status=422).text
    assert "Choose a wrong one." in page
    assert "She fainted in the car an hour ago." in page


def test_without_a_card_three_more_answers_draft_one_and_its_source(
    app: Flask, on_the_page: Visitor
) -> None:
    new = {**ANSWERS, "topic": "nosebleed", "decision": "postpone"}
    asked = on_the_page.submit({**new, "act": "find"}, action="/short", status=200).text
    assert "Which sign should everyone know?" in asked
    missing = on_the_page.submit({"card": NO_CARD, "act": "make"}, action="/short", status=422)
    assert missing.text.count("This is needed for the new safety card.") >= 3
    more = {
        "sign": "A nosebleed that has just stopped",
        "rule": "Wait a day",
        "tell": "Nobody, unless it comes back",
        "number": "https://doi.org/10.1000/nose.1",
        "source_title": "Noses",
        "source_where": "Journal of Noses",
    }
    on_the_page.submit({**more, "card": NO_CARD, "act": "make"}, action="/short", status=303)
    page = on_the_page.follow().text
    assert "No faults in this file." in page
    made = texts_by_path(app)
    assert list(made) == ["cases/vera-visit.md", "references/noses.md", "hazards/nosebleed.md"]
    assert "doi: 10.1000/nose.1" in made["references/noses.md"]
    assert "references: [noses]" in made["hazards/nosebleed.md"]
    assert "hazards: [nosebleed]" in made["cases/vera-visit.md"]
    assert on_the_page.answer
    form = on_the_page.get(f"{on_the_page.answer.path}/review").page.forms[-1]
    assert len([1 for name, _ in form.fields if name == "drafts"]) == 2  # all go to review together


def test_an_idea_fills_in_what_it_says_and_leaves_the_box(app: Flask, ada: Visitor) -> None:
    story = "A man of 50 comes for his back. We planned 30 minutes. He had fainted that morning."
    idea = drafts.take_down(app, ADA, story)
    page = ada.get(f"{SHORT}?idea={idea.public_id}")
    form = next(form for form in page.page.forms if form.action.endswith("/short"))
    fields = dict(form.fields)
    assert fields["client"] == "A man of 50 comes for his back."
    assert fields["plan"] == "We planned 30 minutes."
    assert fields["found"] == "He had fainted that morning."
    said = {key: ANSWERS[key] for key in ("decision", "why", "tempting", "why_it_tempts", "topic")}
    ada.submit({**said, "act": "find"}, action="/short", status=200)
    ada.submit({"card": "fainting", "act": "make"}, action="/short", status=303)
    with app.app_context():
        assert db.session.scalars(select(Idea.draft_id)).one() is not None
    assert "The box is empty." in ada.get("/authoring/ideas").text
    ada.get(f"{SHORT}?idea={idea.public_id}", status=404)


def test_what_no_page_sends_does_no_harm(app: Flask, on_the_page: Visitor) -> None:
    sent = {
        **ANSWERS,
        "client": "Vera, 61,\x07 comes <script>x()</script>",
        "topic": "nosebleed",
        "card": NO_CARD,
        "sign": "s",
        "rule": "r",
        "tell": "t",
        "passage": "section:absent#absent",
        "sources": "absent] **x**",
        "act": "make",
    }
    page = on_the_page.post(SHORT, sent, status=422)
    assert "Choose a passage of this course." in page.text
    assert "<script>x()" not in page.html
    on_the_page.post(SHORT, {**sent, "card": "fainting"}, status=303)
    text = texts_by_path(app)["cases/vera-visit.md"]
    assert "absent" not in text
    assert "\x07" not in text
    on_the_page.post(SHORT, {**sent, "card": NO_CARD, "number": "none"}, status=422)


def test_a_source_needs_its_number_and_its_name(on_the_page: Visitor) -> None:
    new = {**ANSWERS, "topic": "nosebleed", "sign": "s", "rule": "r", "tell": "t", "card": NO_CARD}
    passage = {"passage": "section:noticing#fainting", "act": "make"}
    page = on_the_page.post(SHORT, {**new, **passage, "number": "none"}, status=422).text
    assert "This is not a DOI" in page
    page = on_the_page.post(SHORT, {**new, **passage, "number": "10.1000/a"}, status=422).text
    assert page.count("This is needed for the new source.") >= 2


def test_a_draft_that_breaks_the_course_stops_nobody(app: Flask, on_the_page: Visitor) -> None:
    drafts.start(app, ADA, "course.md", "no keys")
    on_the_page.get(SHORT)
    on_the_page.submit({**ANSWERS, "act": "make"}, action="/short", status=422)
    assert "Choose a safety card, or say that none fits." in on_the_page.page.text


def test_more_ideas_need_no_more_queries(app: Flask, ada: Visitor) -> None:
    counts = []
    for _ in range(2):
        drafts.take_down(app, ADA, "A sore calf.")
        with asked(app) as queries:
            ada.get("/authoring/ideas")
        counts.append(len(queries))
    assert counts[0] == counts[1]
