"""Studying in a real browser, and the same without script; journeys look at every page."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from cpd.authoring.sources.disk import shipped_course_folders
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.support.people import MAYA, PASSWORD

COURSE = f"/courses/{SLUG}"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("address").fill(MAYA.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/")


def begin(page: Page) -> None:
    page.goto(COURSE)
    page.get_by_role("button", name="Start this course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Noticing heat illness")


def test_a_source_opens_beside_its_chip(app: Flask, phone: Page) -> None:
    phone.goto(f"{COURSE}/sections/noticing")
    note = phone.get_by_role("note", name="Source 1")
    expect(note).to_be_hidden()
    phone.get_by_role("button", name="Source 1: Record seen").first.click()
    expect(note).to_contain_text("Signs of heat illness seen outside hospital")
    note.get_by_role("button", name="Close").click()
    expect(note).to_be_hidden()


def test_what_is_filled_in_is_copied_as_text_and_leaves_the_page_no_other_way(
    app: Flask, phone: Page
) -> None:
    sent: list[str] = []
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.goto(f"{COURSE}/tools/heat-card")
    expect(phone.get_by_text("use your browser’s print command")).to_be_hidden()
    phone.on("request", lambda request: sent.append(request.url))
    phone.get_by_label("My name").fill("Nia")
    phone.get_by_label("What helps me").fill("shade\nwater")
    phone.get_by_label("My name").press("Enter")
    phone.get_by_role("button", name="Copy as text").click()
    expect(phone.get_by_role("status")).to_have_text("Copied.")
    copied = phone.evaluate("navigator.clipboard.readText()")
    assert "My name: Nia\n" in copied
    assert "What helps me: shade\nwater\n" in copied
    assert copied.startswith("My heat card\n")
    assert sent == []
    assert phone.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]


def test_a_long_entry_is_never_cut_off_on_paper(app: Flask, phone_without_script: Page) -> None:
    page = phone_without_script
    page.goto(f"{COURSE}/tools/heat-card")
    expect(page.get_by_text("use your browser’s print command")).to_be_visible()
    page.get_by_label("My name").fill("a very long name " * 20)
    page.emulate_media(media="print")
    field = page.get_by_label("My name")
    assert field.evaluate("it => it.scrollHeight <= it.clientHeight")
    field.evaluate("it => { it.style.fieldSizing = 'fixed' }")  # the control: a box that stays
    assert not field.evaluate("it => it.scrollHeight <= it.clientHeight")


def test_every_sheet_fills_one_page_of_paper(app: Flask, phone: Page) -> None:
    sign_in(phone)
    sheets = []
    for folder in (courses.FOLDER, *shipped_course_folders()):
        slug = courses.publish(app, folder)
        courses.enrol(app, MAYA, slug)
        sheets += [f"/courses/{slug}/tools/{one.slug}" for one in courses.bundle(folder).tools]
    assert {path: pages_on_paper(phone, path) for path in sheets} == dict.fromkeys(sheets, 1)
    assert pages_on_paper(phone, COURSE) > 1  # the control: more is counted as more


def pages_on_paper(page: Page, path: str) -> int:
    """Count the pages on A4 or on Letter, whichever takes more."""
    page.goto(path)
    return max(page.pdf(format=paper).count(b"/Type /Page\n") for paper in ("A4", "Letter"))


def test_studying_needs_no_script(app: Flask, phone_without_script: Page) -> None:
    page = phone_without_script
    sign_in(page)
    begin(page)
    page.get_by_role("button", name="Done, continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Adapting the plan")
    page.goto("/record")
    expect(page.get_by_text("1 of 2 sections read")).to_be_visible()
    page.get_by_role("link", name="Continue with section 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Adapting the plan")


def test_another_device_goes_on_at_the_line_left_off(
    app: Flask, phone: Page, phone_without_script: Page
) -> None:
    sign_in(phone)
    begin(phone)
    line = phone.get_by_text("A client who fainted today sees a doctor today")
    with phone.expect_response("**/place") as noted:
        line.evaluate("it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 40)")
        phone.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
        phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert noted.value.status == 204
    sign_in(phone_without_script)
    for page, below in ((phone, "A client who fainted"), (phone_without_script, "A client who")):
        page.goto(COURSE)
        page.get_by_role("link", name="Continue with section 1").click()
        here = page.get_by_text("You were here")
        expect(here).to_be_in_viewport()
        following = here.evaluate("it => it.parentElement.nextElementSibling.textContent")
        assert following.startswith(below)
