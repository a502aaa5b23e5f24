"""A provider lets a course count: what is missing, a pilot group, the letters, and nothing is left.

A learner of the pilot group is told on her phone that she earns no credit.
"""

import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from cpd.db import unit_of_work
from cpd.kernel import clock
from tests.authoring.editor.test_autosave import sign_in
from tests.factories import accounts, courses, passes, pilots
from tests.factories.courses import SLUG
from tests.factories.credit import LETTER
from tests.support.browser import DESKTOP
from tests.support.moved_clock import MovedClock
from tests.support.people import INES, MAYA, OMAR, PASSWORD, RAVI, ZOE
from tests.support.server import LiveServer
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
NewContext = Callable[..., BrowserContext]
A_WHILE = 20_000
TITLE = "Massage on a hot day"


@pytest.fixture
def desk(app: Flask, clock: MovedClock, live_server: LiveServer, new_context: NewContext) -> Page:
    """The administrator at a desk, on the server, whose clock is the machine's."""
    clock.close()
    context = new_context(base_url=live_server.url, viewport=DESKTOP)
    sign_in(app, accounts.let_in(Visitor(app, "ines"), INES), context, live_server)
    page = context.new_page()
    page.set_default_timeout(A_WHILE)
    return page


@pytest.fixture
def reviewer(live_server: LiveServer, new_context: NewContext) -> Page:
    """A browser of somebody from a board, who has no account yet."""
    page = new_context(base_url=live_server.url, viewport=DESKTOP).new_page()
    page.set_default_timeout(A_WHILE)
    return page


def test_a_course_becomes_one_that_counts(
    app: Flask,
    desk: Page,
    phone: Page,
    reviewer: Page,
    live_server: LiveServer,
    tmp_path: Path,
) -> None:
    sees_what_is_missing(desk)
    link = starts_a_pilot_group(desk)
    is_told_before_the_first_page(app, phone, live_server, link)
    public_id = link.rpartition("/")[2]
    for person, minutes in ((ZOE, 55), (OMAR, 61), (RAVI, 70)):
        pilots.take(app, person, public_id, minutes)
    finishes_it(desk, public_id)
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(LETTER)
    downloads_what_to_apply_with(desk)
    lets_a_reviewer_read(desk, reviewer)
    enters_approvals(desk, letter, public_id)
    with app.app_context(), unit_of_work() as session:
        passes.review(session, courses.course_of(MAYA).revision)
    sees_that_nothing_is_missing(desk)


def sees_what_is_missing(desk: Page) -> None:
    """Go from the home page to what a course lacks."""
    desk.goto("/")
    desk.get_by_role("link", name="Approvals").click()
    desk.get_by_role("link", name="What is missing for credit").click()
    desk.get_by_role("link", name=TITLE).click()
    main = desk.get_by_role("main")
    expect(main).to_contain_text("No clinician has signed this version yet.")
    expect(main).to_contain_text("No pilot group took this version")
    expect(_florida(desk)).to_contain_text("We have no approval of this provider by them on file.")


def _florida(desk: Page) -> Locator:
    return desk.get_by_role("listitem").filter(
        has=desk.get_by_role("heading", name="Florida Board of Massage Therapy")
    )


def starts_a_pilot_group(desk: Page) -> str:
    """Start a group for the course, and return the link to join it."""
    desk.get_by_role("link", name="Start a pilot group", exact=True).first.click()
    desk.get_by_label("Which course do they take?").select_option(label=TITLE)
    desk.get_by_role("button", name="Start it").click()
    link = desk.get_by_role("link", name=f"/courses/{SLUG}/for/")
    return str(link.get_attribute("href"))


def is_told_before_the_first_page(
    app: Flask, phone: Page, live_server: LiveServer, link: str
) -> None:
    """Open the link, sign in, read what a pilot group means, and start."""
    phone.set_default_timeout(A_WHILE)
    sign_in(app, accounts.let_in(Visitor(app, "maya"), MAYA), phone.context, live_server)
    phone.goto(f"{live_server.url}{link}")
    expect(phone.get_by_role("main")).to_contain_text("It earns no credit, whatever is approved")
    phone.get_by_role("button", name="Start this course").click()
    expect(phone.get_by_role("heading", level=1)).not_to_have_text(TITLE)


def finishes_it(desk: Page, public_id: str) -> None:
    """Make the report, in which somebody who has not read everything is left out."""
    desk.goto(f"/pilots/{public_id}")
    desk.get_by_role("button", name="Finish it and make the report").click()
    main = desk.get_by_role("main")
    expect(main).to_contain_text("55 and 70 minutes")
    expect(main).to_contain_text("1.22 hours")


def downloads_what_to_apply_with(desk: Page) -> None:
    """Read what an application to Florida still lacks, and take its archive with the key."""
    desk.goto("/")
    desk.get_by_role("link", name="Applications").click()
    desk.get_by_role("link", name=TITLE).click()
    desk.get_by_role("link", name="Florida Board of Massage Therapy").click()
    expect(desk.get_by_role("heading", name="What is missing")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download the archive").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        names = " ".join(archive.namelist())
    for part in ("index.html", "exam", "worksheet", "sample-certificate", "objectives"):
        assert part in names


def lets_a_reviewer_read(desk: Page, reviewer: Page) -> None:
    """Open an account that only reads and ends by itself; the reviewer walks through the course."""
    desk.goto(f"/applications/courses/{SLUG}/readers/new")
    desk.get_by_label("Which board or association do they review for?").select_option(
        value="florida"
    )
    desk.get_by_label("Name", exact=True).fill("Rhea Santos")
    desk.get_by_label("Email address").fill("rhea@board.example")
    in_a_month = (clock.now() + timedelta(days=30)).date()
    desk.get_by_label("Last day").fill(in_a_month.isoformat())
    desk.get_by_role("button", name="Invite them").click()
    reviewer.goto(desk.get_by_label("Link for the reader").input_value())
    for field in reviewer.locator("input[type=password]").all():
        field.fill(PASSWORD)
    reviewer.get_by_role("main").get_by_role("button").last.click()
    if reviewer.get_by_label("Email address").count():
        reviewer.get_by_label("Email address").fill("rhea@board.example")
        reviewer.locator("input[type=password]").fill(PASSWORD)
        reviewer.get_by_role("button", name="Sign in").first.click()
    reviewer.goto("/")
    reviewer.get_by_role("main").get_by_role("link", name=TITLE).click()
    expect(reviewer.get_by_role("main")).to_contain_text("Florida Board of Massage Therapy")
    reviewer.get_by_role("link", name="Exam").first.click()
    expect(reviewer.get_by_role("main")).to_contain_text("Right answer")


def enters_approvals(desk: Page, letter: Path, public_id: str) -> None:
    """Enter the letters about the provider and the course; the report bears out the hours."""
    for covers, title, amount in (
        ("This provider", "Harbour", ""),
        (TITLE, TITLE, "1.22"),
    ):
        desk.goto("/approvals/new")
        desk.get_by_label("Who approved it?").select_option(value="florida")
        desk.get_by_label("What did they approve?").select_option(label=covers)
        desk.get_by_label("Number of the approval").fill("20-77")
        desk.get_by_label("Title or name as approved").fill(title)
        desk.get_by_label("Approved hours or units").fill(amount)
        desk.get_by_label("First day").fill("2020-01-01")
        desk.get_by_label("The letter").set_input_files(letter)
        if amount:
            desk.get_by_role("button", name="Put it on file").click()
            expect(desk.get_by_role("alert")).to_contain_text("the report of a pilot group")
            desk.get_by_label("The letter").set_input_files(letter)
            desk.get_by_label("Report of a pilot group").select_option(value=public_id)
        desk.get_by_role("button", name="Put it on file").click()
        expect(desk.get_by_role("main")).to_contain_text("In force")


def sees_that_nothing_is_missing(desk: Page) -> None:
    """Look again, once the reviewers have signed."""
    desk.goto(f"/before-credit/{SLUG}")
    expect(desk.get_by_role("main")).to_contain_text("All texts are signed.")
    expect(_florida(desk)).to_contain_text("Nothing is missing")
