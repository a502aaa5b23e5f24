"""From signing in to a certificate that a stranger can check, at phone width on the real server."""

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.factories.quizzes import critical
from tests.journeys.conftest import Walks
from tests.journeys.walking import Walker, once
from tests.support.people import MAYA
from tests.support.server import LiveServer

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
SIX = 6
"""Cases in the exam of the small course."""


@pytest.fixture
def stranger_page(live_server: LiveServer, new_context: NewContext) -> Page:
    """A page of somebody with another browser, not signed in."""
    return new_context(base_url=live_server.url).new_page()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_with_script(walk: Walks, phone: Page, stranger_page: Page) -> None:
    the_thread(walk(phone), stranger_page)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_without_script(walk: Walks, phone_without_script: Page, stranger_page: Page) -> None:
    the_thread(walk(phone_without_script), stranger_page)


def the_thread(maya: Walker, stranger: Page) -> None:
    """Study, spoil a try by one decision, put it right, pass, and be checked by a stranger."""
    maya.sign_in()
    maya.begin_course()
    maya.study()
    maya.start_exam()
    first = maya.attempt
    spoil = once(critical)
    for _ in range(3):
        maya.decide(spoil)

    maya.sign_out()
    comes_back(maya, first)
    maya.decide_all(spoil)
    maya.hand_in()
    is_told_what_happened(maya)
    puts_it_right(maya)

    expect(maya.page).to_have_url(re.compile("/cases/1$"))
    assert maya.attempt != first
    maya.decide_all()
    maya.hand_in()
    maya.h1("Passed, with 100 % and every client kept safe.")
    holds_a_certificate(maya, stranger)


def comes_back(maya: Walker, attempt: str) -> None:
    """Sign in again, and be led to the very case, with every answer in its place."""
    maya.sign_in()
    maya.page.goto("/record")
    maya.press(maya.page.get_by_role("link", name="go on where you were"))
    assert (maya.attempt, maya.position) == (attempt, 4)
    expect(maya.page.get_by_text(f"3 of {SIX} answered")).to_be_visible()
    maya.page.get_by_role("link", name="All decisions in one list").click()
    expect(maya.page.get_by_text("not answered")).to_have_count(SIX - 3)
    maya.press(maya.page.locator(".tally a").nth(3))


def is_told_what_happened(maya: Walker) -> None:
    """Read the result in its order: what was good, what happened, why, what now, who sees it."""
    maya.h1("Not passed this time, because of one decision.")
    told = maya.page.locator("main").inner_text()
    order = [
        "You scored ",
        "above the pass mark of 75 %",
        "that ends a try at any score",
        "You can put this right today.",
        "Critical",
        "You decided",
        "The rule",
        "The way back",
        "about one minute",
        "About one minute. It does not count.",
        "Who can see this",
        "Your safety profile",
    ]
    places = [told.find(words) for words in order]
    assert -1 not in places, f"{order[places.index(-1)]!r} is not said:\n{told}"
    assert places == sorted(places)
    score = re.search(r"You scored (\d+)\N{NO-BREAK SPACE}%", told)
    assert score
    assert int(score[1]) >= 75
    expect(maya.page.get_by_role("button", name="Start the next try")).to_have_count(0)


def puts_it_right(maya: Walker) -> None:
    """Read the passage again, decide a sibling case, and start the next try at once."""
    page = maya.page
    page.get_by_role("link", name="Read the passage").click()
    expect(page.get_by_text("You are reading one passage again")).to_be_visible()
    maya.press(page.get_by_role("button", name="I have read it again"))
    page.get_by_role("link", name="the way back").click()
    link = page.get_by_role("link", name="Decide a practice case")
    case = str(link.get_attribute("href")).partition("#case-")[2]
    link.click()
    maya.practise(case)
    page.goto("/record")
    page.get_by_role("link", name="Result of try 1, and the way back").click()
    maya.press(page.get_by_role("button", name="Start the next try"))


def holds_a_certificate(maya: Walker, stranger: Page) -> None:
    """Open the certificate, take its PDF of one page, and let a stranger verify it."""
    page = maya.page
    page.get_by_role("link", name="Your certificate").click()
    expect(page.locator(".cert .who")).to_have_text(MAYA.full_name)
    expect(page.get_by_text("For study; no CE credit").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    printed = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    assert len(printed.pages) == 1
    assert MAYA.full_name in printed.pages[0].extract_text()

    address = page.get_by_role("link", name="Verify page").get_attribute("href")
    stranger.goto(str(address))
    expect(stranger.locator(".verdict")).to_contain_text("Genuine.")
    expect(stranger.locator(".verdict")).to_contain_text(MAYA.full_name)
    expect(stranger.get_by_role("link", name="Sign in")).to_be_visible()
