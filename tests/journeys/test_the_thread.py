"""From a mailed sign-up to a certificate that a stranger can check, at phone width.

Once on a bad line, in two visits, with the network cut in the middle; with JavaScript and without,
with a try that one decision spoils.
"""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, CDPSession, Error, Page, expect
from pypdf import PdfReader

from tests.factories.quizzes import Learner, critical
from tests.journeys.test_answering import SAVED, state
from tests.journeys.walking import DroppedError, Walker, once, patiently
from tests.support.line import EVERY, BadLine, set_line
from tests.support.people import Person
from tests.support.post import PostOffice
from tests.support.server import LiveServer

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
NORA = Person("nora", "Nora Field", "has no account yet")
A_WHILE = 20_000
"""Milliseconds that a slow line may take."""
SIX = 6
"""Cases in the exam of the small course."""


@pytest.fixture
def live_server(mailing_server: LiveServer) -> LiveServer:
    """The server, with emails."""
    return mailing_server


@pytest.fixture
def stranger_page(live_server: LiveServer, new_context: NewContext) -> Page:
    """A page of somebody with another browser, not signed in."""
    return new_context(base_url=live_server.url).new_page()


@pytest.fixture
def signs_up(app: Flask, maya: Learner, post: PostOffice) -> Callable[[Walker], None]:
    """Lets somebody open an account by the code of an email."""

    def signs_up(walker: Walker) -> None:
        walker.ask_for_an_email()
        walker.type_code(post.collect(app)[-1].code)
        walker.open_account()

    return signs_up


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_a_bad_line(
    signs_up: Callable[[Walker], None], maya: Learner, phone: Page, stranger_page: Page
) -> None:
    line = BadLine(seed=5)
    held = line.hold(phone)
    phone.set_default_timeout(A_WHILE)
    nora = Walker(phone, replace(maya, named=NORA), patience=9)
    signs_up(nora)
    nora.begin_course()
    nora.study()
    nora.start_exam()
    first = nora.attempt
    nora.decide()
    nora.decide()
    the_network_is_cut(nora, line, held)
    nora.decide()
    nora.sign_out()

    preserve_form_on_login(nora, first)
    nora.decide_all()
    nora.hand_in()
    nora.h1("Passed, with 100% and every client kept safe.")
    holds_a_certificate(nora, stranger_page)
    assert line.lost >= line.asked // EVERY > 0  # the control: it was a bad line


def the_network_is_cut(nora: Walker, line: BadLine, held: CDPSession) -> None:
    """Answer without a network, put the phone away, and find the answer sent later."""
    here, context = nora.page.url, nora.page.context
    set_line(held, offline=True)
    nora.page.locator("#case input[name=choice]").first.check()
    expect(state(nora.page)).to_have_text("Not sent yet. Kept on this device.")
    with pytest.raises(Error, match="net::ERR"):
        nora.page.goto(here)
    nora.page.close()

    nora.page = context.new_page()
    nora.page.set_default_timeout(A_WHILE)
    line.hold(nora.page)
    nora.go(here)
    expect(nora.page.locator("#case input[name=choice]").first).to_be_checked(timeout=A_WHILE)
    expect(state(nora.page)).to_have_text(SAVED, timeout=A_WHILE)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_with_script(
    signs_up: Callable[[Walker], None], maya: Learner, phone: Page, stranger_page: Page
) -> None:
    nora = Walker(phone, replace(maya, named=NORA))
    signs_up(nora)
    the_thread(nora, stranger_page)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_without_script(
    signs_up: Callable[[Walker], None],
    maya: Learner,
    phone_without_script: Page,
    stranger_page: Page,
) -> None:
    nora = Walker(phone_without_script, replace(maya, named=NORA))
    signs_up(nora)
    the_thread(nora, stranger_page)


def the_thread(nora: Walker, stranger: Page) -> None:
    """Study, spoil a try by one decision, put it right, pass, and be checked by a stranger."""
    nora.begin_course()
    nora.study()
    nora.start_exam()
    first = nora.attempt
    spoil = once(critical)
    for _ in range(3):
        nora.decide(spoil)

    nora.sign_out()
    preserve_form_on_login(nora, first)
    nora.decide_all(spoil)
    nora.hand_in()
    is_told_what_happened(nora)
    puts_it_right(nora)

    expect(nora.page).to_have_url(re.compile("/cases/1$"))
    assert nora.attempt != first
    nora.decide_all()
    nora.hand_in()
    nora.h1("Passed, with 100% and every client kept safe.")
    holds_a_certificate(nora, stranger)


@patiently
def preserve_form_on_login(nora: Walker, attempt: str) -> None:
    """Sign in again, and be led to the very case, with every answer in its place."""
    page = nora.page
    nora.sign_in()
    nora.go("/record")
    nora.press(page.get_by_role("link", name="continue where you left off"))
    assert (nora.attempt, nora.position) == (attempt, 4)
    expect(page.get_by_text(f"3 of {SIX} answered")).to_be_visible()
    nora.press(page.get_by_role("link", name="All decisions in one list"))
    expect(page.get_by_text("not answered")).to_have_count(SIX - 3)
    nora.press(page.locator(".tally a").nth(3))


def is_told_what_happened(nora: Walker) -> None:
    """Read the result in its order: what was good, what happened, why, what now, who sees it."""
    nora.h1("Not passed this time, because of one decision.")
    told = nora.page.locator("main").inner_text()
    order = [
        "You scored ",
        "above the pass mark of 75%",
        "That fails a try at any score",
        "You can make up for this today.",
        "Critical",
        "You decided",
        "about one minute",
        "The signs that matter",
        "The rule",
        "Next steps",
        "You are on step 1 of 3.",
        "1. Read again",
        "It does not count.",
        "Who can see this",
        "Your safety profile",
    ]
    places = [told.find(words) for words in order]
    assert -1 not in places, f"{order[places.index(-1)]!r} is not said:\n{told}"
    assert places == sorted(places)
    score = re.search(r"You scored (\d+)%", told)
    assert score
    assert int(score[1]) >= 75
    expect(nora.page.get_by_role("button", name="Start the next try")).to_have_count(0)


def puts_it_right(nora: Walker) -> None:
    """Read the passage again, decide a sibling case, and start the next try; each leads on."""
    page = nora.page
    page.get_by_role("link", name="Read the passage").click()
    expect(page.get_by_text("You are reading one passage again")).to_be_visible()
    nora.press(page.get_by_role("button", name="I have read it again"))
    nora.practice(page.url.partition("#case-")[2])
    nora.press(page.get_by_role("link", name="Go to the next try"))
    nora.press(page.get_by_role("button", name="Start the next try"))


def holds_a_certificate(nora: Walker, stranger: Page) -> None:
    """Open the certificate, take its PDF of one page, and let a stranger verify it."""
    opens_certificate(nora)
    expect(nora.page.locator(".cert .who")).to_have_text(NORA.full_name)
    expect(nora.page.get_by_text("For study; no CE credit").first).to_be_visible()
    address = nora.page.get_by_role("link", name="Verify page").get_attribute("href")
    printed = PdfReader(io.BytesIO(takes_pdf(nora)))  # which may leave an error page behind
    assert len(printed.pages) == 1
    assert NORA.full_name in printed.pages[0].extract_text()

    stranger.goto(str(address))
    expect(stranger.locator(".verdict")).to_contain_text("Genuine.")
    expect(stranger.locator(".verdict")).to_contain_text(NORA.full_name)
    expect(stranger.get_by_role("link", name="Sign in")).to_be_visible()


@patiently
def opens_certificate(nora: Walker) -> None:
    """Follow the link of the result."""
    nora.press(nora.page.get_by_role("link", name="Your certificate"))


@patiently
def takes_pdf(nora: Walker) -> bytes:
    """Download the certificate."""
    try:
        with nora.page.expect_download(timeout=10_000) as download:
            nora.page.get_by_role("link", name="PDF").click()
    except Error as error:
        raise DroppedError from error
    return download.value.path().read_bytes()
