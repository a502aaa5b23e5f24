"""Studying in a real browser, and the same without script; journeys look at every page."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

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
    phone.get_by_role("button", name="Source 1: Checked").first.click()
    expect(note).to_contain_text("Signs of heat illness seen outside hospital")
    note.get_by_role("button", name="Close").click()
    expect(note).to_be_hidden()


def test_a_sheet_fills_one_page_of_paper(app: Flask, phone: Page) -> None:
    sign_in(phone)
    begin(phone)
    phone.goto(f"{COURSE}/tools/room-check")
    assert phone.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_studying_needs_no_script(app: Flask, phone_without_script: Page) -> None:
    page = phone_without_script
    sign_in(page)
    begin(page)
    page.get_by_role("button", name="Done, continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Adapting the plan")
    page.goto("/record")
    expect(page.get_by_text("1 of 2 sections read")).to_be_visible()
    page.get_by_role("link", name="Go on with section 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Adapting the plan")
