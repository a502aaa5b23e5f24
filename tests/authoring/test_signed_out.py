"""Whoever is signed out while writing gets back what they wrote, and sends it again."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.authoring.editor.test_editor import begin
from tests.factories import accounts, reviews
from tests.support.people import ADA, RAVI, Person
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SENTENCE = "She grew dizzy in the line, so to say."
OURS = "http://localhost"
Where = Callable[[Flask, Visitor], str]


@dataclass(frozen=True)
class Writing:
    """A page with a form, who fills it in, and the field that takes the sentence."""

    who: Person
    page: Where
    action: str
    field: str


def review_page(app: Flask, _visitor: Visitor) -> str:
    return f"/authoring/reviews/{reviews.answer(app, RAVI).public_id}/key"


def draft_as_text(_app: Flask, visitor: Visitor) -> str:
    return f"{begin(visitor)}/text"


WRITINGS = {
    "an idea": Writing(ADA, lambda *_: "/authoring/ideas", "/ideas", "story"),
    "the form": Writing(ADA, lambda _app, ada: begin(ada), "", "body"),
    "the text": Writing(ADA, draft_as_text, "/text", "text"),
    "a comment": Writing(RAVI, review_page, "/comments", "comment"),
}


def open_page(app: Flask, writing: Writing) -> tuple[Visitor, str, str]:
    """Let somebody open a page; return its address, and how that of its form ends."""
    visitor = accounts.let_in(Visitor(app), writing.who)
    page = writing.page(app, visitor)
    visitor.client.environ_base["HTTP_ORIGIN"] = OURS
    visitor.get(page)
    return visitor, page, writing.action or page


def sign_out(visitor: Visitor) -> None:
    """End the session as time does, and with it the token of every page that is open."""
    with visitor.client.session_transaction() as cookie:
        cookie.clear()


def sign_in_elsewhere(visitor: Visitor, named: Person) -> None:
    """Sign in on another page of the same browser."""
    answer = visitor.answer
    accounts.let_in(visitor, named)
    visitor.answer = answer


@pytest.mark.parametrize("name", WRITINGS)
def test_what_was_written_is_shown_and_sent_again(app: Flask, name: str) -> None:
    writing = WRITINGS[name]
    visitor, page, action = open_page(app, writing)
    sign_out(visitor)
    visitor.submit({writing.field: SENTENCE}, action=action, status=401)
    assert "You were signed out before this was saved." in visitor.page.text
    assert SENTENCE in visitor.page.text
    sign_in_elsewhere(visitor, writing.who)
    visitor.submit({}, action=action, status=409)
    assert "You have signed in since you opened the form." in visitor.page.text
    assert SENTENCE in visitor.page.text
    visitor.submit({}, action=action, status=303)
    assert SENTENCE in visitor.get(page).html


def test_a_session_that_ends_alone_loses_nothing_either(app: Flask) -> None:
    visitor, _page, action = open_page(app, WRITINGS["an idea"])
    with visitor.client.session_transaction() as cookie:
        del cookie["signed_in"]
    visitor.submit({"story": SENTENCE}, action=action, status=401)
    assert SENTENCE in visitor.page.text


def test_a_guest_whose_code_has_expired_is_shown_what_they_wrote(app: Flask) -> None:
    visitor, _page, action = open_page(app, WRITINGS["a comment"])
    sign_out(visitor)
    with visitor.client.session_transaction() as cookie:
        cookie["review-grants"] = ["expired"]
    accounts.give_form_token(visitor)
    visitor.submit({"comment": SENTENCE}, action=action, status=401)
    assert "open the link in that email again" in visitor.page.text
    assert SENTENCE in visitor.page.text


def test_control_what_another_site_sends_is_not_shown(app: Flask) -> None:
    visitor, _page, action = open_page(app, WRITINGS["an idea"])
    sign_out(visitor)
    visitor.client.environ_base["HTTP_ORIGIN"] = "https://elsewhere.example"
    visitor.submit({"story": SENTENCE}, action=action, status=(302, 303, 400))
    assert visitor.answer is not None
    assert SENTENCE not in visitor.answer.html


def test_a_reviewer_who_is_not_introduced_yet_keeps_the_comment_on_the_page(app: Flask) -> None:
    visitor, _page, _action = open_page(app, WRITINGS["a comment"])
    sent = {"verdict": "agree", "text": SENTENCE}
    visitor.submit(sent, action="/opinion", status=422)
    assert "Say who is signing" in visitor.page.text
    assert SENTENCE in visitor.page.text
