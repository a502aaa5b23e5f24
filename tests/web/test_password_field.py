"""Typing a password in a browser: it can be shown, and a mistake can be gone back to."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.people import MAYA

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def test_a_password_is_shown_on_request_and_going_back_finds_the_form(
    app: Flask, phone: Page, axe: Callable[[Page], None]
) -> None:
    phone.goto("/sign-in")
    phone.get_by_label("Email address").fill(MAYA.email)
    field = phone.locator("#password")
    field.fill("not this one")
    phone.get_by_role("button", name="Show Password").click()
    expect(field).to_have_attribute("type", "text")
    axe(phone)
    phone.get_by_role("button", name="Hide Password").click()
    expect(field).to_have_attribute("type", "password")
    phone.get_by_role("button", name="Show Password").click()
    with phone.expect_request("**/sign-in") as sent:
        phone.evaluate("addEventListener('submit', () => { name = password.type })")
        phone.get_by_role("button", name="Sign in").click()
    assert "not+this+one" in (sent.value.post_data or "")
    expect(phone.get_by_role("alert")).to_be_visible()
    assert phone.evaluate("name") == "password", "hidden again when it was sent"
    phone.get_by_role("link", name="Courses", exact=True).first.click()
    expect(phone.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    phone.go_back()
    expect(phone.get_by_label("Email address")).to_have_value(MAYA.email)
    expect(field).to_have_value("")
