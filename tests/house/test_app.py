"""The suite's fixtures serve the app, in this process and with the real server."""

from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page

from cpd.db import db
from cpd.kernel import clock as the_clock
from tests.support.moved_clock import NOW, MovedClock
from tests.support.server import LiveServer
from tests.support.visitor import Visitor


def test_a_stranger_opens_the_first_page(stranger: Visitor) -> None:
    assert stranger.get("/").page.h1


def test_visitors_share_nothing(visitor: Callable[[], Visitor], maya: Visitor) -> None:
    other = visitor()
    assert maya.client.get_cookie("cpd") is not None
    assert other.client.get_cookie("cpd") is None


def test_the_clock_stands_until_it_is_moved(app: Flask, clock: MovedClock) -> None:
    assert the_clock.now() == NOW
    clock.advance(hours=12)
    assert (the_clock.now() - NOW).total_seconds() == 12 * 3600


def test_an_app_of_ones_own_has_the_same_database(
    app: Flask, make_app: Callable[..., Flask]
) -> None:
    other = make_app(provider_name="Another provider")
    assert other is not app
    with app.app_context(), other.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
        assert url == app.config["SQLALCHEMY_DATABASE_URI"]


@pytest.mark.browser
def test_the_real_server_answers(live_server: LiveServer) -> None:
    parts = urlsplit(live_server.url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    connection.request("GET", "/readyz")
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.browser
def test_a_phone_opens_the_first_page(phone: Page, phone_without_script: Page) -> None:
    for page in (phone, phone_without_script):
        page.goto("/")
        assert page.locator("h1").count() == 1
    assert phone.evaluate("window.innerWidth") == 390
