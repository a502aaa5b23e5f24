"""A course kept on a phone: read without a network, never an exam, gone after signing out."""

import os
import re

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys.conftest import Walks
from tests.journeys.walking import COURSE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
SECTION, SHEET = f"{COURSE}/sections/adapting", f"{COURSE}/tools/room-check"
COPY = f"{COURSE}/whole?kept"
KEPT = re.compile(r"Kept on this phone on .*: \d+ of at most 400 kB")
HELD = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
  (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)
))).flat()"""
WORKERS = "async () => (await navigator.serviceWorker.getRegistrations()).length"


def keep(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Keep on this phone").click()


def test_a_kept_course_is_read_without_a_network(walk: Walks, phone: Page) -> None:
    maya = walk(phone).sit_down()
    exam = phone.url
    phone.goto(SECTION)
    keep(phone)
    expect(phone.locator("[data-keep] [role=status]")).to_have_text(KEPT)
    held = phone.evaluate(HELD)
    assert {path.partition(".")[0] for path in held} == {
        "/kept",
        f"{COURSE}/whole",
        f"{COURSE}/figures/cool-down",
        *(f"/static/{name}" for name in ("cpd", "icons", "favicon", "keep", "tool", "citations")),
    }

    phone.context.set_offline(True)
    for path, place in ((SECTION, "section-adapting"), (SHEET, "tool-room-check")):
        phone.goto(path)
        expect(phone).to_have_url(re.compile(rf"whole\?kept#{place}$"))
        expect(phone.get_by_text("Shown from this phone; kept on")).to_be_visible()
        expect(phone.locator(f"#{place}")).to_be_in_viewport()
        expect(phone.locator("#section-noticing")).to_be_hidden()  # one part at a time
    assert phone.evaluate("getComputedStyle(document.body).margin") == "0px"  # it has its style
    for path in ("/", "/record"):
        the_site_opens_on_what_is_kept(phone, path)
    for path in (f"{COURSE}/exam", exam, "/profile"):
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            phone.goto(path)

    phone.context.set_offline(False)
    for path in (SECTION, "/record"):
        phone.goto(path)
        expect(phone).to_have_url(re.compile(f"{path}$"))  # the network goes first
        expect(phone.get_by_role("heading", name="Kept on this device")).to_have_count(0)
    phone.goto(SECTION)
    a_new_edition_takes_its_place(phone)
    maya.sign_out()
    assert phone.evaluate(HELD) == []
    assert phone.evaluate(WORKERS) == 0


def the_site_opens_on_what_is_kept(phone: Page, path: str) -> None:
    """Without a network, the pages that people begin with list the kept parts."""
    phone.goto(path)
    expect(phone).to_have_url(re.compile(f"{path}$"))  # reloading it later opens the page itself
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kept on this device")
    expect(phone.get_by_text("The site cannot be reached at the moment.")).to_be_visible()
    expect(phone.get_by_text("You need a connection to take an exam")).to_be_visible()
    for link, place in (
        ("Adapting the plan", "section-adapting"),
        ("My heat card", "tool-heat-card"),
    ):
        expect(phone.get_by_role("link", name=link)).to_have_attribute("href", f"{COPY}#{place}")
    phone.get_by_role("link", name="Adapting the plan").click()
    expect(phone.locator("#section-adapting")).to_be_in_viewport()


def a_new_edition_takes_its_place(phone: Page) -> None:
    """What another edition left is replaced when a page of the course is next opened."""
    names = phone.evaluate("caches.keys()")
    phone.evaluate(
        "async ([name]) => { const cache = await caches.open(name.replace(/ .*/, ' of old'));"
        " const copy = document.querySelector('[data-keep]').dataset.keep;"
        " await cache.put(copy, await caches.match(copy)); await caches.delete(name) }",
        names,
    )
    phone.reload()
    phone.wait_for_function("async (names) => `${await caches.keys()}` === `${names}`", arg=names)


def test_what_is_too_much_for_a_phone_is_refused_and_what_is_kept_can_be_removed(
    walk: Walks, phone: Page
) -> None:
    maya = walk(phone)
    maya.learner.study()
    maya.sign_in()
    phone.goto(SECTION)
    status = phone.locator("[data-keep] [role=status]")
    keep(phone)
    expect(status).to_have_text(KEPT)
    phone.get_by_role("button", name="Remove from this phone").click()
    expect(status).to_have_text("Removed from this phone.")
    assert (phone.evaluate(HELD), phone.evaluate(WORKERS)) == ([], 0)

    more = os.urandom(400_000)  # which nothing can compress
    phone.context.route(f"**{COPY}", lambda route: route.fulfill(body=more))
    keep(phone)
    expect(status).to_have_text(
        re.compile(r"Nothing was kept: this course takes 4\d\d kB, and a phone keeps at most 400")
    )
    assert (phone.evaluate(HELD), phone.evaluate(WORKERS)) == ([], 0)
