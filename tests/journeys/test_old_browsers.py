"""The scripts in a browser that lacks what the oldest supported ones lack."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.factories import courses
from tests.factories.courses import SLUG
from tests.support.people import PASSWORD, ZOE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
COURSE = f"/courses/{SLUG}"
OLD = """
const remove = (from, ...names) => { for (const name of names) delete from[name]; };
remove(HTMLElement.prototype, "popover", "showPopover", "hidePopover", "togglePopover");
remove(HTMLFormElement.prototype, "requestSubmit");
remove(SubmitEvent.prototype, "submitter");
remove(Array.prototype, "at", "findLast", "findLastIndex", "toSorted", "toReversed", "with");
remove(String.prototype, "at");
remove(window, "structuredClone", "CompressionStream", "DecompressionStream");
remove(Crypto.prototype, "randomUUID");
"""


@pytest.fixture
def old_phone(phone: Page) -> Iterator[Page]:
    """A phone on which no script may fail."""
    faults: list[str] = []
    phone.add_init_script(OLD)
    phone.on("pageerror", lambda fault: faults.append(str(fault)))
    yield phone
    assert faults == []


def test_the_scripts_do_their_work(app: Flask, old_phone: Page) -> None:
    page = old_phone
    page.goto("/sign-in")
    page.get_by_label("address").fill(ZOE.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/")
    courses.enrol(app, ZOE)

    page.goto(f"{COURSE}/sections/noticing")
    assert not page.evaluate("'popover' in HTMLElement.prototype"), "the control"
    page.get_by_role("button", name="Source 1: Record seen").first.click()
    expect(page).to_have_url(re.compile("#ref-keller-2019$"))
    expect(page.locator("#ref-keller-2019")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Keep on this phone")).to_be_hidden()
    with page.expect_response("**/place") as noted:
        page.get_by_text("A client who fainted today").evaluate("it => it.scrollIntoView()")
        page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert noted.value.status == 204

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{COURSE}/tools/heat-card")
    page.get_by_label("My name").fill("Nia")
    page.get_by_role("button", name="Copy as text").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert "My name: Nia\n" in page.evaluate("navigator.clipboard.readText()")
