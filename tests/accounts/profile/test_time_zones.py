"""Choosing a time zone: which there are, and what the browser suggests."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from cpd.accounts.profile import time_zones as zones
from tests.support.browser import PHONE
from tests.support.people import PASSWORD, ZOE
from tests.support.server import LiveServer

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HINT = "Your browser suggests this one. Change it if it is wrong."


@on_sqlite
def test_every_zone_stands_below_its_country_with_its_plain_name(app: Flask) -> None:
    with app.test_request_context("/"):
        offered = {it.value: (it.optgroup, it.label) for it in zones.build_zone_choices("")}
    assert offered["America/Chicago"] == ("United States", "Chicago (Central Time)")
    assert offered["America/Indiana/Indianapolis"] == (
        "United States",
        "Indianapolis, Indiana (Eastern Time)",
    )
    assert offered["Europe/Kyiv"][1] == "Kyiv (Eastern European Time)"
    assert offered["Asia/Kolkata"] == ("India", "Kolkata")
    assert len(offered) > 400
    assert all(ZoneInfo(zone) for zone in offered)


def test_what_browsers_still_say_is_known() -> None:
    known = zones.map_former_zone_names()
    for former, now in {
        "Asia/Calcutta": "Asia/Kolkata",
        "Asia/Saigon": "Asia/Ho_Chi_Minh",
        "Europe/Kiev": "Europe/Kyiv",
        "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
        "US/Central": "America/Chicago",
    }.items():
        assert known[former] == now


def ask(page: Page) -> Page:
    """Sign in, and open the page that asks what certificates print."""
    page.goto("/sign-in")
    page.get_by_label("address").fill(ZOE.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.goto("/profile/printed")
    return page


@on_sqlite
@pytest.mark.browser
@pytest.mark.parametrize(
    ("says", "chosen"),
    [
        ("America/Chicago", "America/Chicago"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("UTC", ""),
    ],
)
def test_the_browser_suggests_its_zone(
    app: Flask,
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    axe: Callable[[Page], None],
    says: str,
    chosen: str,
) -> None:
    context = new_context(base_url=live_server.url, viewport=PHONE, timezone_id=says)
    page = ask(context.new_page())
    asked = page.get_by_label("Which time zone are you in?")
    expect(asked).to_have_value(chosen)
    hint = f"The date on your certificate follows it. {HINT}" if chosen else "follows it."
    expect(page.locator("#time_zone-hint")).to_contain_text(hint)
    assert (HINT in page.inner_text("main")) is bool(chosen)
    axe(page)
    asked.select_option("Europe/Paris")
    page.get_by_label("Full legal name").fill("Zoë Marsh")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Which time zone are you in?")).to_have_value("Europe/Paris")
    assert HINT not in page.inner_text("main"), "what was chosen is not overruled"


@on_sqlite
@pytest.mark.browser
def test_without_a_script_nothing_is_chosen(app: Flask, phone_without_script: Page) -> None:
    asked = ask(phone_without_script).get_by_label("Which time zone are you in?")
    expect(asked).to_have_value("")
