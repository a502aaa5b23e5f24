"""A therapist with three licenses in two states, from “will this count?” to both cycles."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from cpd.courses.queries import find_newest_course_version
from cpd.credit.approvals.actions import NewApproval
from cpd.db import unit_of_work
from tests.factories import credit, passes, reporting
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.journeys.walking import COURSE, HERE, Walker
from tests.support.people import MAYA

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

LICENSES = {"ncbtmb": "NCB 1001", "florida": "MA 2002", "georgia": "MT 3003"}
NAMES = {"ncbtmb": "NCBTMB", "florida": "Florida", "georgia": "Georgia"}
MARRIED = "Maya Okafor-Lindqvist"
PDF: FilePayload = {
    "name": "workshop.pdf",
    "mimeType": "application/pdf",
    "buffer": credit.LETTER,
}


def approved_by(authority: str) -> Iterator[NewApproval]:
    """Yield approvals of the provider and of the small course for one hour."""
    course = {"course": SLUG, "title": "Massage on a hot day", "category": "home study"}
    yield from passes.approved_by(authority, **course)


@pytest.fixture
def creditable(app: Flask, maya: Learner) -> Learner:
    """Maya, at a course that is reviewed and approved for all of her licenses."""
    with app.app_context(), unit_of_work() as session:
        newest = find_newest_course_version(session, SLUG, None)
        assert newest is not None
        passes.review(session, newest.revision)
        passes.set_provider(session, app, passes.Setting())
    credit.approve(app, *(one for slug in LICENSES for one in approved_by(slug)))
    return maya


def test_a_therapist_with_three_licenses(app: Flask, creditable: Learner, phone: Page) -> None:
    maya = Walker(phone, creditable).sign_in()
    adds_licenses(maya)
    is_told_before_starting(maya)
    maya.begin_course()
    maya.study()
    passes_the_exam(maya)
    holds_a_certificate_for_each(maya)
    corrects_her_name(maya)
    is_reported(app, maya)
    logs_a_workshop(maya)
    sees_both_cycles(maya)


def adds_licenses(maya: Walker) -> None:
    for slug, number in LICENSES.items():
        maya.go("/record/licenses/new")
        maya.page.get_by_label("Whose rules apply?").select_option(slug)
        maya.page.get_by_label("License or member number").fill(number)
        maya.page.get_by_label("When does it expire").fill("2027-08-31")
        maya.press(maya.page.get_by_role("button", name="Add this license"))


def is_told_before_starting(maya: Walker) -> None:
    maya.go(COURSE)
    panel = maya.page.get_by_role("region", name="Does it count for your license?")
    for slug, number in LICENSES.items():
        expect(panel).to_contain_text(f"{NAMES[slug]} {number}: Nothing on file stands against it")


def passes_the_exam(maya: Walker) -> None:
    maya.go(f"{COURSE}/exam")
    expect(maya.page.get_by_role("heading", name="Where do you need this?")).to_be_visible()
    start = maya.page.get_by_role("button", name="Start the exam")
    maya.press(start)
    if not HERE.search(maya.page.url):
        maya.page.get_by_label("Full legal name").fill(MAYA.full_name)
        maya.page.get_by_label("Which time zone").select_option("America/New_York")
        maya.press(maya.page.get_by_role("button", name="Save and return to the exam"))
        maya.press(start)
    maya.decide_all()
    maya.hand_in()
    maya.h1("Passed, with 100% and every client kept safe.")


def holds_a_certificate_for_each(maya: Walker) -> None:
    maya.go("/record")
    certificates = maya.page.get_by_role("region", name="Certificates")
    expect(certificates.get_by_text(re.compile("^Certificate of Achievement"))).to_have_count(3)
    expect(certificates.get_by_text(re.compile("· 1 CE$"))).to_have_count(1)


def corrects_her_name(maya: Walker) -> None:
    maya.go("/profile")
    maya.page.get_by_label("Full legal name").fill(MARRIED)
    maya.page.get_by_role("button", name="Save", exact=True).click()  # which leads back here
    expect(maya.page.locator(".note.good")).to_be_visible()
    maya.go("/record")
    florida = (
        maya.page.get_by_role("listitem")
        .filter(has_text="Florida Board")
        .filter(has_text="Certificate of Achievement")
    )
    maya.press(florida.get_by_role("link", name="Massage on a hot day").first)
    maya.press(maya.page.get_by_role("link", name="Correct the name or the license"))
    maya.page.get_by_label("Why does it need to be corrected?").fill("I married in May.")
    maya.page.get_by_label("I took this exam myself").check()
    maya.press(maya.page.get_by_role("button", name="Replace it with a corrected one"))
    expect(maya.page.locator(".cert .who")).to_have_text(MARRIED)


def is_reported(app: Flask, maya: Walker) -> None:
    reporting.enter_numbers(app)
    batch = reporting.make_batch(app)
    reporting.answer(app, batch, [("MA 2002", "CE-77", "")])
    maya.go("/record")
    expect(maya.page.get_by_text("The report was accepted on").first).to_be_visible()


def logs_a_workshop(maya: Walker) -> None:
    maya.go("/record/activities/new")
    maya.page.get_by_label("What is it called?").fill("Scar tissue, a workshop")
    maya.page.get_by_label("Who taught or organized it?").fill("Hill School")
    maya.page.get_by_label("When did you complete it?").fill("2026-10-02")
    maya.page.get_by_label("How many minutes did it take").fill("300")
    maya.page.get_by_label("How was it taught?").select_option(index=1)
    maya.press(maya.page.get_by_role("button", name="Add the activity"))
    maya.page.locator("input[type=file]").set_input_files(files=[PDF])
    maya.press(maya.page.get_by_role("button", name="Add the file"))
    expect(maya.page.get_by_role("link", name=re.compile("^PDF of"))).to_be_visible()


def sees_both_cycles(maya: Walker) -> None:
    maya.go("/record/cycles")
    for name in ("Florida", "Georgia"):
        cycle = maya.page.get_by_role("article").filter(has_text=f"{name} ")
        expect(cycle.first).to_contain_text(re.compile("[1-9] of 24 hours are done"))
