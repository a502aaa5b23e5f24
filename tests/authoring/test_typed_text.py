"""A browser keeps what somebody writes in a form until it is saved, and offers it again."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.authoring.editor.test_autosave import sign_in
from tests.authoring.editor.test_editor import begin
from tests.factories import accounts, reviews
from tests.factories.courses import SLUG
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA, RAVI
from tests.support.server import LiveServer
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
SENTENCE = "She grew dizzy in the line, so to say."
OFFER = "This device kept what you wrote here, because it was not saved."
IDEAS = "/authoring/ideas"


@pytest.fixture
def opened(
    app: Flask,
    clock: MovedClock,
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
) -> Callable[..., Page]:
    """Opens a browser in which somebody is signed in: `opened(ada)`."""
    clock.close()  # the server's clock is the machine's

    def open_browser(visitor: Visitor, **options: bool) -> Page:
        context = new_context(base_url=live_server.url, **options)
        sign_in(app, visitor, context, live_server)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    return open_browser


def offers(page: Page) -> Locator:
    """Find the offers to restore something; there is a hidden one in each form."""
    return page.get_by_text(OFFER).filter(visible=True)


def leave_and_come_back(page: Page, address: str, label: str, *, is_exact: bool = False) -> None:
    """Write a sentence, close the laptop, and take the sentence up again."""
    field = page.get_by_role("textbox", name=label, exact=is_exact)
    page.goto(address)
    field.fill(SENTENCE)
    page.goto("about:blank")
    page.goto(address)
    expect(field).to_have_value("")
    expect(offers(page)).to_have_count(1)
    page.get_by_role("button", name="Restore it").click()
    expect(field).to_have_value(SENTENCE)


def test_a_closed_laptop_loses_nothing(app: Flask, opened: Callable[..., Page]) -> None:
    ada = accounts.let_in(Visitor(app, "ada"), ADA)
    page = opened(ada)
    leave_and_come_back(page, f"/authoring/courses/{SLUG}/short", "Who comes, and why?")
    leave_and_come_back(page, f"/authoring/courses/{SLUG}/twins/quinn-dizzy", "Why is it right?")
    leave_and_come_back(page, IDEAS, "What happened?")
    page.get_by_role("button", name="Add it to the box").click()
    expect(page.get_by_text("The idea is in the box.")).to_be_visible()
    page.goto(IDEAS)
    expect(page.get_by_text(SENTENCE, exact=True)).to_be_visible()
    expect(offers(page)).to_have_count(0)  # it is saved

    page.get_by_label("What happened?").fill("Another.")
    page.goto("about:blank")
    page.goto(IDEAS)
    page.get_by_role("button", name="Discard it").click()
    page.reload()
    expect(offers(page)).to_have_count(0)


def test_a_reviewer_loses_nothing(app: Flask, opened: Callable[..., Page]) -> None:
    page = opened(accounts.let_in(Visitor(app, "ravi"), RAVI))
    asked, answered = reviews.ask(app, RAVI), reviews.answer(app, RAVI)
    decide, key = (f"/authoring/reviews/{one.public_id}" for one in (asked, answered))
    leave_and_come_back(page, decide, "What decided it for you?")
    leave_and_come_back(page, f"{key}/key", "Comment, or reason and source")
    page.reload()
    page.get_by_role("button", name="Discard it").click()
    leave_and_come_back(page, f"{key}/key", "Comment", is_exact=True)
    page.get_by_role("button", name="Save the comment").click()
    expect(page.locator("#comments").get_by_text(SENTENCE, exact=True).first).to_be_visible()
    expect(offers(page)).to_have_count(0)


def test_without_a_network_or_a_sign_in_the_form_says_so_and_keeps_the_text(
    app: Flask, opened: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    page = opened(accounts.let_in(Visitor(app, "ada"), ADA))
    page.goto(IDEAS)
    page.get_by_label("What happened?").fill(SENTENCE)
    page.context.set_offline(True)
    page.get_by_role("button", name="Add it to the box").click()
    expect(page.get_by_text("You are offline, so this is not saved yet.")).to_be_visible()
    expect(page.get_by_label("What happened?")).to_have_value(SENTENCE)
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline")).to_be_hidden()
    page.context.clear_cookies()
    page.get_by_role("button", name="Add it to the box").click()
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    axe(page)


def test_of_two_editors_the_second_keeps_what_they_combine(
    app: Flask, opened: Callable[..., Page]
) -> None:
    ada = accounts.let_in(Visitor(app, "ada"), ADA)
    address = begin(ada)
    page = opened(ada)
    page.goto(f"{address}/text")
    page.route("**/autosave", lambda route: route.abort())
    ada.get(f"{address}/text")  # the other editor
    ada.submit({"text": "---\nid: leo-as-usual\n---\nTheirs.\n"}, action="/text")
    page.get_by_label("The file").fill("Mine.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Theirs.")).to_be_visible()
    expect(page.get_by_label("The file")).to_have_value("Mine.")
    page.wait_for_load_state()  # the script keeps what is typed from then on
    page.get_by_label("The file").fill("Mine and theirs.")
    page.reload()
    page.get_by_role("button", name="Restore it").click()
    expect(page.get_by_label("The file")).to_have_value("Mine and theirs.")


def test_after_an_expired_sign_in_the_text_is_sent_again_without_script(
    app: Flask,
    opened: Callable[..., Page],
    live_server: LiveServer,
) -> None:
    ada = accounts.let_in(Visitor(app, "ada"), ADA)
    page = opened(ada, java_script_enabled=False)
    page.goto(IDEAS)
    page.get_by_label("What happened?").fill(SENTENCE)
    page.context.clear_cookies()
    page.get_by_role("button", name="Add it to the box").click()
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    sign_in(app, ada, page.context, live_server)  # in a new tab
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("You have signed in since you opened the form.")).to_be_visible()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("The idea is in the box.")).to_be_visible()
    expect(page.get_by_text(SENTENCE, exact=True)).to_be_visible()
