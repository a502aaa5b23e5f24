"""Two therapists: one with three licenses in two states, and one whose version earned no credit."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from cpd.courses.queries import find_newest_course_version
from cpd.db import unit_of_work
from cpd.provider import current
from tests.factories import courses, credit, cycles, passes, pilots, reporting
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.journeys.walking import COURSE, Walker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
TITLE = "Massage on a hot day"
A_WHILE = 8_000
LICENSES = (
    ("Florida (Florida, United States)", "MA 4711"),
    ("Georgia (Georgia, United States)", "MT 4712"),
    ("NCBTMB (United States)", "900123"),
)
OF_BOARD = replace(passes.OF_COURSE, course=SLUG, title=TITLE, amount=Decimal("0.01"))
APPROVALS = (
    *passes.approved_by("florida", course=SLUG, title=TITLE),
    *passes.approved_by("georgia", course=SLUG, title=TITLE),
    passes.OF_PROVIDER,
    OF_BOARD,
)


@pytest.fixture
def _on_file(app: Flask, maya: Learner) -> Iterator[None]:
    """All that makes the newest version count for three authorities."""
    with app.app_context(), unit_of_work() as session:
        newest = find_newest_course_version(session, SLUG, None)
        assert newest is not None
        passes.review(session, newest.revision)
        passes.set_provider(session, app, passes.Setting())
        pilots.add_report(session, newest.revision, 60, 61, 62)
        current.reload_provider()
    credit.approve(app, *APPROVALS)
    yield
    current.init_app(app)  # what one test stored is not read in the next


@pytest.mark.usefixtures("_on_file")
def test_three_licenses_in_two_states(
    app: Flask, maya: Learner, phone: Page, tmp_path: Path
) -> None:
    walker = Walker(phone, maya)
    phone.set_default_timeout(A_WHILE)
    walker.sign_in()
    will_this_count(walker)
    maya.study()
    passes_the_exam(walker)
    holds_three_certificates(walker)
    corrects_her_name(walker)
    is_reported(app, walker)
    logs_what_she_did_elsewhere(walker, tmp_path)
    sees_her_cycles(walker)


def will_this_count(walker: Walker) -> None:
    """Say where she needs credit, and read for which licenses the course counts."""
    page = walker.page
    for authority, number in LICENSES:
        page.goto("/record/licenses/new")
        page.get_by_label("Whose rules apply?").select_option(label=authority)
        page.get_by_label("License or member number").fill(number)
        page.get_by_label("When does it expire").fill("2027-08-31")
        walker.press(page.get_by_role("button", name="Add this license"))
    page.goto(COURSE)
    is_told_that_it_counts(page)
    walker.begin_course()


def is_told_that_it_counts(page: Page) -> None:
    """Read it for each license."""
    for _authority, number in LICENSES:
        expect(page.get_by_text(f"{number}: Nothing on file stands against it")).to_be_visible()


def passes_the_exam(walker: Walker) -> None:
    """Read the same before the exam, decide all cases rightly, and submit."""
    walker.page.goto(f"{COURSE}/exam")
    is_told_that_it_counts(walker.page)
    walker.start_exam()
    attempt = walker.attempt
    walker.learner.answer_all(attempt)
    walker.page.goto(f"/attempts/{attempt}/decisions")
    walker.hand_in()


def holds_three_certificates(walker: Walker) -> None:
    """Find one for each license in her record, and each counts in its cycle by itself."""
    walker.page.goto("/record")
    held = walker.page.get_by_label("Certificates", exact=True).get_by_role("listitem")
    for said in ("1 hour", "1 hour", "0.01 CE"):
        expect(held.filter(has_text=said).first).to_be_visible()
    expect(held).to_have_count(len(LICENSES))


def corrects_her_name(walker: Walker) -> None:
    """Change her legal name, and replace the certificate for Florida."""
    page = walker.page
    page.goto("/profile")
    page.get_by_label("Full legal name").fill("Maya Okafor Reyes")
    page.get_by_role("button", name="Save").first.click()
    page.goto("/record")
    held = page.get_by_label("Certificates", exact=True).get_by_role("listitem")
    walker.press(held.filter(has_text="Florida").get_by_role("link", name=TITLE).first)
    walker.press(page.get_by_role("link", name="Correct the name or the license"))
    page.get_by_label("Why does it need").fill("I married in May.")
    page.get_by_label("I took this exam myself").check()
    walker.press(page.get_by_role("button", name="Replace it with a corrected one"))
    expect(page.get_by_text("This certificate replaces an earlier one.")).to_be_visible()


def is_reported(app: Flask, walker: Walker) -> None:
    """The provider reports it to Florida, and her record shows the receipt."""
    reporting.enter_numbers(app)
    batch = reporting.make_batch(app)
    reporting.answer(app, batch, [("MA 4711", "778899", "")])
    walker.page.goto("/record")
    expect(walker.page.get_by_text("Its number is 778899.")).to_be_visible()


def logs_what_she_did_elsewhere(walker: Walker, tmp_path: Path) -> None:
    """Enter a workshop with its certificate; it counts for Florida and not for the others."""
    page, file = walker.page, tmp_path / "certificate.pdf"
    file.write_bytes(cycles.PDF)
    page.goto("/record/activities/new")
    page.get_by_label("What is it called?").fill("Scar tissue")
    page.get_by_label("Who taught or organized it?").fill("Oasis School")
    page.get_by_label("When did you complete it?").fill("2026-03-01")
    page.get_by_label("How many minutes").fill("200")
    page.get_by_label("How was it taught?").select_option("hands-on")
    walker.press(page.get_by_role("button", name="Add the activity"))
    page.get_by_label("Which file?").set_input_files(file)
    page.get_by_role("button", name="Add the file").click()
    expect(page.get_by_text("The file is added. Only you can open it.")).to_be_visible()


def sees_her_cycles(walker: Walker) -> None:
    """Read what is done and missing for each license."""
    walker.page.goto("/record/cycles")
    for said in ("5 of 24 hours are done.", "of 24 CE are done."):
        expect(walker.page.get_by_text(said).first).to_be_visible()


def test_who_studied_a_version_without_credit_moves_to_the_approved_one(
    app: Flask,
    maya: Learner,
    phone: Page,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    cycles.add_license(app, maya.named, "ncbtmb")
    maya.study()
    courses.publish(
        app, courses.altered(tmp_path, {"sections/01-noticing.md": ("Fainting", "Swooning")})
    )
    request.getfixturevalue("_on_file")
    walker = Walker(phone, maya)
    walker.sign_in()
    phone.goto(COURSE)
    expect(phone.get_by_text("counts for NCBTMB")).to_be_visible()
    phone.get_by_role("button", name="Move to the version with credit").click()
    expect(phone.get_by_text("You are on the version with credit now.")).to_be_visible()
    expect(phone.get_by_text(": Nothing on file stands against it")).to_be_visible()
