"""While somebody writes, the script saves; without a network or a sign-in it loses nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect

from cpd.config import settings_of_app
from tests.authoring.editor.test_editor import begin, text_of
from tests.factories import accounts
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA
from tests.support.server import LiveServer
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_word_is_lost(
    app: Flask,
    clock: MovedClock,
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    axe: Callable[[Page], None],
) -> None:
    clock.close()  # the server's clock is the machine's
    ada = accounts.let_in(Visitor(app, "ada"), ADA)
    draft = begin(ada)
    context = new_context(base_url=live_server.url)
    sign_in(app, ada, context, live_server)
    page = context.new_page()
    page.goto(draft)
    axe(page)
    page.set_default_timeout(10_000)
    title, saving, kept = (
        page.get_by_label("Title", exact=True),
        page.locator("#saving"),
        page.locator("#kept"),
    )

    title.fill("Leo, saved")
    expect(saving).to_contain_text("Saved")
    assert "title: Leo, saved\n" in text_of(app, draft)

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context.route("**/answers", hold)
    with page.expect_request("**/answers"):
        title.fill("Leo, saved twice")
    expect(saving).to_contain_text("Saving")
    answer = held[0].fetch()  # the server has saved it, and the page does not know yet
    page.get_by_role("button", name="Add a question with one right answer").click(
        no_wait_after=True
    )
    with page.expect_navigation():  # a button that is pressed while the script saves
        held[0].fulfill(response=answer)
    expect(page.get_by_role("heading", name="Leo, saved twice")).to_be_visible()
    expect(kept).to_be_hidden()  # the page has other fields now, and yet all was saved
    context.unroute("**/answers")

    context.set_offline(True)
    title.fill("Leo without a network")
    expect(saving).to_contain_text("Not saved yet")
    page.evaluate("document.forms.draft.dataset.autosave = '/nowhere'")  # the page is closed
    context.set_offline(False)
    page.goto(draft)
    expect(title).to_have_value("Leo, saved twice")
    page.get_by_role("button", name="Restore them").click()
    expect(title).to_have_value("Leo without a network")
    expect(saving).to_contain_text("Saved")
    assert "title: Leo without a network\n" in text_of(app, draft)
    page.reload()
    expect(kept).to_be_hidden()

    context.clear_cookies()
    title.fill("Leo signed out")
    expect(saving).to_contain_text("You were signed out. Sign in again in a new tab")
    sign_in(app, ada, context, live_server)
    page.goto(draft)
    page.get_by_role("button", name="Restore them").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).first.click()
    expect(kept).to_be_hidden()
    assert "title: Leo signed out\n" in text_of(app, draft)


def sign_in(app: Flask, ada: Visitor, context: BrowserContext, server: LiveServer) -> None:
    """Give a browser the session of a visitor."""
    settings = settings_of_app(app)
    made = ada.client.get_cookie(settings.session_cookie)
    assert made is not None
    name = replace(settings, public_url=server.url).session_cookie
    context.add_cookies([{"name": name, "value": made.value, "url": server.url}])
