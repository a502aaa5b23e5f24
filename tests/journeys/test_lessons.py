"""A lesson at the projector and on two phones: a line that drops, a phone that comes back."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from cpd.access.permissions import Role
from tests.authoring.editor.test_autosave import sign_in
from tests.factories import accounts, courses, organisations, schools
from tests.support import browser as chromium
from tests.support.moved_clock import MovedClock
from tests.support.people import RAVI
from tests.support.server import LiveServer
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

FIRST, SECOND = "rosa-stumbles", "sami-red-back"
NEXT_POLL = 5_001
"""Milliseconds: phones and the projector ask every three to five seconds."""
LISTEN = """() => {
  window.spoken = [];
  const said = document.querySelector("[data-said]");
  new MutationObserver(() => { if (said.textContent) window.spoken.push(said.textContent); })
    .observe(said, { childList: true, characterData: true, subtree: true });
}"""


@pytest.fixture
def lesson(app: Flask, clock: MovedClock) -> str:
    """A lesson of two cases for the class that ravi teaches; the clock is the machine's."""
    clock.close()
    courses.publish(app)
    school = organisations.school(app)
    evening = schools.cohort(app, school)
    organisations.grant(app, RAVI, Role.INSTRUCTOR, school)
    schools.teach(app, RAVI, evening)
    return schools.lesson(app, evening, FIRST, SECOND).public_id


def bar(projector: Page, words: str) -> Locator:
    """Return the number beside a decision in the case that is unfolded."""
    rows = projector.locator(".lesson-case[open] [data-decision]")
    return rows.filter(has_text=words).locator("[data-count]")


def decide(phone: Page, words: str) -> None:
    """Choose a decision and send it."""
    phone.get_by_role("radio", name=words).check()
    phone.get_by_role("button", name="Send my answer").dblclick()


def let_ask(page: Page, address: str) -> None:
    """Let the time pass until a page asks the server again."""
    with page.expect_response(f"**/{address}"):
        page.clock.fast_forward(NEXT_POLL)


def test_a_lesson_survives_a_reload_a_double_press_and_a_cut_line(
    app: Flask,
    lesson: str,
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
) -> None:
    laptop = new_context(base_url=live_server.url)
    projector = laptop.new_page()
    sign_in(app, accounts.let_in(Visitor(app), RAVI), laptop, live_server)
    projector.clock.install()
    projector.goto(f"/schools/harbour-school/lessons/{lesson}")
    projector.get_by_role("button", name="Begin the lesson").click()
    typed = projector.locator(".lesson-code").inner_text().lower()
    ada, ben = (
        new_context(base_url=live_server.url, viewport=chromium.PHONE).new_page() for _ in "ab"
    )
    for phone in (ada, ben):
        phone.clock.install()
        phone.goto("/schools/live")
        phone.get_by_label("Code on the screen").fill(typed)
        phone.get_by_role("button", name="Join").click()
        expect(phone.get_by_role("heading", level=1)).to_contain_text("Rosa stumbles")
    decide(ada, "Go ahead")
    expect(ada.get_by_text("Your answer counts.")).to_be_visible()
    ada.reload()
    expect(ada.get_by_text("Your answer counts.")).to_be_visible()
    let_ask(projector, "tally")
    expect(bar(projector, "Go ahead")).to_have_text("1")

    laptop.set_offline(True)
    projector.get_by_text("Count raised hands").first.click()
    for words, number in ("Go ahead", "4"), ("Change the plan", "2"):
        projector.locator(".lesson-case[open]").get_by_label(words, exact=False).fill(number)
    expect(bar(projector, "Go ahead")).to_have_text("5")
    projector.locator(".lesson-case[open]").get_by_role("button", name="Show the answer").click()
    expect(projector.locator(".lesson-case[open] [data-answer]")).to_have_attribute("open", "")
    expect(projector.get_by_text("There is no connection.")).to_be_visible()
    for phone in (ada, ben):
        phone.evaluate(LISTEN)
    ben.get_by_role("radio").first.focus()
    laptop.set_offline(False)

    let_ask(projector, "tally")
    expect(projector.get_by_text("There is no connection.")).to_be_hidden()
    expect(bar(projector, "Go ahead")).to_have_text("5")
    for phone in (ada, ben):
        let_ask(phone, "state")
        expect(phone.locator("[data-said]")).to_contain_text("The right decision is")
        let_ask(phone, "state")
    (told,) = ada.evaluate("window.spoken")
    assert "You decided: Go ahead." in told
    assert "1 of 1 in the class decided as you did." in told
    expect(ada.get_by_role("heading", name="The result")).to_be_visible()
    assert ada.evaluate("document.activeElement === document.body")
    assert len(ben.evaluate("window.spoken")) == 1
    assert ben.evaluate("document.activeElement.type") == "radio", "he was choosing"
    ben.get_by_role("link", name="See what is on the screen now").click()
    expect(ben.get_by_text("You did not decide this case.")).to_be_visible()
