"""The short way is short: each click and each filled field of an author is counted."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from tests.authoring.editor.test_autosave import sign_in
from tests.factories import accounts
from tests.factories.courses import SLUG
from tests.support.counted import Counted
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA
from tests.support.server import LiveServer
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
MOST_FOR_A_CASE, MOST_FOR_A_TWIN = 25, 8
PASTE = """(field, html) => {
  const held = new DataTransfer();
  held.setData("text/html", html);
  held.setData("text/plain", "plain");
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, cancelable: true }));
}"""


@pytest.fixture
def ada_counted(
    app: Flask,
    clock: MovedClock,
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
) -> Counted:
    clock.close()  # the server's clock is the machine's
    context = new_context(base_url=live_server.url)
    sign_in(app, accounts.let_in(Visitor(app, "ada"), ADA), context, live_server)
    page = context.new_page()
    page.set_default_timeout(4000)
    page.goto("/authoring")
    return Counted(page)


def test_a_story_becomes_a_case_and_the_case_a_twin(ada_counted: Counted) -> None:
    ada, page = ada_counted, ada_counted.page
    ada.press("Ideas for cases")
    ada.fill("What happened?", "Vera, 61, came in. We planned 40 minutes. She had fainted.")
    ada.press("Add it to the box")
    ada.press("Make a case for “Massage on a hot day”")
    ada.choose("Which decision is right?", "Not today: medical advice today")
    ada.fill("Why is it right?", "A faint on the same day is for a doctor.")
    ada.choose("Which wrong decision is tempting?", "Change the plan")
    ada.fill("Why is it tempting, and why is it wrong?", "She feels better lying down.")
    ada.fill("Which safety topic is it about?", "fainting")
    ada.press("Search safety cards and sources")
    ada.choose("Which safety card fits?", "Fainting")
    ada.press("Create the draft")
    expect(page.get_by_text("No faults in this file.")).to_be_visible()
    reasons = page.get_by_label("The reason, for the learner")
    for number in range(reasons.count()):
        if "See the card" in reasons.nth(number).input_value():
            reasons.nth(number).fill(f"Reason {number} in her own words.")
            ada.count += 1
    ada.fill("A sentence to say to the client", "“You need to be seen today.”")
    ada.press("Save and go to review")
    ada.choose("Reviewers", "Ravi Menon")
    ada.press("Send the request")
    expect(page.get_by_text("One reviewer was asked.")).to_be_visible()
    assert ada.count <= MOST_FOR_A_CASE, ada.count

    ada.begin_again()
    page.goto(f"/authoring/courses/{SLUG}")
    row = page.get_by_role("listitem").filter(has_text="cases/vera-visit.md")
    ada.press("Create a twin", inside=row)
    ada.fill("Which words change?", "She had fainted")
    ada.fill("What do they say instead?", "She has slept well")
    ada.choose("Which decision is right now?", "Go ahead")
    ada.fill("Why is it right?", "Nothing is new.")
    ada.press("Create the twin")
    expect(page.get_by_text("No faults in this file.")).to_be_visible()
    assert ada.count <= MOST_FOR_A_TWIN, ada.count


def test_formatted_text_is_pasted_as_markdown(ada_counted: Counted) -> None:
    page = ada_counted.page
    page.goto(f"/authoring/courses/{SLUG}/short")
    found = page.get_by_label("What do you see, hear or measure today?")
    found.fill("Seen:")
    found.evaluate(PASTE, "<ul><li><b>hot</b> skin</li></ul><img src=x>")
    expect(found).to_have_value("Seen:\n\n- **hot** skin")
    expect(page.get_by_text("Pictures were left out.")).to_be_visible()
