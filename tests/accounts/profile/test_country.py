"""The country whose numbers pages show: visitors have it in a cookie, people in their profile."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.accounts.models import Person
from cpd.db import db
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.support.people import MAYA
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SHEET = f"/courses/{SLUG}/tools/heat-card"
FIRST = f"/courses/{SLUG}/sections/noticing"
QUESTION = "Choose your country, to see its numbers to call"


def stored(app: Flask) -> str | None:
    with app.app_context():
        country: str | None = db.session().scalar(
            sa.select(Person.country).where(Person.email == MAYA.email)
        )
        return country


def cookie_of(app: Flask) -> str:
    return f"{app.config['SESSION_COOKIE_NAME']}-country"


def choose(visitor: Visitor, country: str) -> None:
    visitor.get(f"/country?next={SHEET}")
    visitor.submit({"country": country}, action="/country", status=303)


def test_a_visitor_is_asked_until_they_choose(stranger: Visitor) -> None:
    assert QUESTION in stranger.get(FIRST).text
    assert "In an emergency, call your local emergency number." in stranger.page.text
    choose(stranger, "GB")
    assert stranger.answer is not None
    assert stranger.answer.location == SHEET
    sheet = stranger.follow().text
    assert "Numbers to call in the United Kingdom" in sheet
    assert "In an emergency, call 999." in sheet
    assert QUESTION not in stranger.get(FIRST).text
    choose(stranger, "ZZ")
    assert "In an emergency, call your local emergency number." in stranger.get(FIRST).text
    assert QUESTION not in stranger.page.text


def test_a_person_is_asked_where_they_read_and_it_is_stored_with_them(
    app: Flask, maya: Visitor, stranger: Visitor
) -> None:
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    maya.submit({"country": "US"}, action="/country", status=303)
    assert maya.answer is not None
    assert maya.answer.location == FIRST
    assert stored(app) == "US"
    assert QUESTION not in maya.get(FIRST).text
    assert "call 911." in maya.page.text
    assert "call 911." not in stranger.get(FIRST).text
    maya.get("/profile")
    maya.submit({"country": "IE"}, action="/profile", status=302)
    assert "call 112 or 999." in maya.get(FIRST).text


def test_the_question_can_be_put_off(app: Flask, maya: Visitor, stranger: Visitor) -> None:
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    maya.post("/country/later", {"country": "", "next": FIRST})
    stranger.get("/country")
    stranger.submit(action="/country/later", status=303)
    for visitor in (maya, stranger):
        assert QUESTION not in visitor.get(FIRST).text
        assert "Choose your country" in visitor.get(SHEET).text
    assert stored(app) == ""


def test_what_is_not_taken(app: Flask, maya: Visitor) -> None:
    maya.get("/country")
    maya.post("/country", {"country": "", "next": ""}, status=422)
    assert "Choose a country" in maya.page.text
    maya.post("/country", {"country": "XX", "next": ""}, status=422)
    maya.post("/country", {"country": "US", "next": "https://elsewhere.example/"})
    assert maya.answer is not None
    assert maya.answer.location == "/"


def test_nothing_is_guessed(app: Flask, stranger: Visitor) -> None:
    page = stranger.get(SHEET, headers={"Accept-Language": "en-US"}).text
    assert "Numbers to call Emergency: Crisis line:" in page
    stranger.client.set_cookie(cookie_of(app), "XX")
    assert "Numbers to call Emergency: Crisis line:" in stranger.get(SHEET).text


def test_what_a_visitor_chose_on_this_device_does_not_become_a_persons(
    app: Flask, zoe: Visitor
) -> None:
    zoe.client.set_cookie(cookie_of(app), "GB")
    assert "call your local emergency number." in zoe.get(SHEET).text
