"""What changes who may do what asks for proof again, once the last is a quarter of an hour old."""

from datetime import timedelta
from urllib.parse import unquote

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access import guard
from cpd.access.permissions import Permission, Role
from cpd.accounts.models import Person
from cpd.db import db
from tests.access.asking import written
from tests.access.matrix import routes_of
from tests.access.objects import World
from tests.accounts.sign_in.test_sessions import Thief
from tests.factories import accounts
from tests.support import joints
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import INES, MAYA, PASSWORD
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CHANGING = {Permission.PERSON_CREATE, Permission.PERSON_DISABLE, Permission.ROLE_GRANT}
ENDS_ONLY = "POST /people/<string:public_id>/sessions/ending"
"""Takes nothing but a session, and gives nothing."""
MINUTES = 15


def changing(app: Flask) -> dict[str, str]:
    """Return the routes that change who may do what, with their endpoints."""
    return {
        route: endpoint
        for route, endpoint in routes_of(app).items()
        if app.view_functions[endpoint].__dict__["permission"] in CHANGING and route != ENDS_ONLY
    }


def path_of(app: Flask, route: str) -> str:
    with app.app_context():
        public_id = accounts.row_of(MAYA).public_id
    _, _, rule = route.partition(" ")
    return rule.replace("<string:public_id>", public_id).replace("<string:role>", "learner")


def asked_again(app: Flask, visitor: Visitor) -> list[str]:
    """Return the routes that asked again, none of which wrote anything."""
    found = []
    for route in changing(app):
        headers = {"X-CSRFToken": visitor.token}
        with written(app) as wrote:
            answer = visitor.client.open(
                path_of(app, route), method=route.split()[0], headers=headers
            )
        if answer.status_code == 303 and answer.location.startswith("/sign-in/again?next=/people/"):
            assert not [it for it in wrote if "SET last_seen_at" not in it], route
            found.append(route)
    return found


def test_every_change_asks_again_after_a_quarter_of_an_hour(
    app: Flask, ines: Visitor, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(changing(app)) > 6
    clock.advance(minutes=MINUTES)
    assert asked_again(app, ines) == list(changing(app))
    told = ines.client.get("/people/new", headers={"Accept": "application/json"})
    assert told.status_code == 401
    joints.answer(monkeypatch, app, guard.recently_authenticated, lambda: True)  # the control
    assert asked_again(app, ines) == []


def test_until_then_nothing_is_asked(app: Flask, ines: Visitor, clock: MovedClock) -> None:
    clock.advance(minutes=MINUTES, seconds=-1)
    assert asked_again(app, ines) == []


def test_password_and_code_begin_a_fresh_session_and_lead_back(
    app: Flask, ines: Visitor, clock: MovedClock
) -> None:
    clock.advance(minutes=MINUTES)
    thief = Thief(app, ines)
    page = path_of(app, "GET /people/<string:public_id>")
    ines.get(ines.get(page, status=303).location)
    ines.submit({"present": "a wrong walk home"}, status=422)
    assert ines.submit({"present": PASSWORD}, status=303).location == "/sign-in/code"
    ines.get(page, status=303)  # the password alone is not enough
    ines.get("/sign-in/code")
    code = str(pyotp.TOTP(accounts.KEY).at(NOW + timedelta(minutes=MINUTES)))
    assert ines.submit({"code": code}, status=303).location == page
    ines.get(page)
    assert not thief.is_let_in()
    clock.advance(minutes=MINUTES)
    ines.get(page, status=303)


def test_what_was_typed_is_offered_again_to_whom_typed_it(
    app: Flask, ines: Visitor, clock: MovedClock
) -> None:
    ines.get("/people/new")
    clock.advance(minutes=MINUTES)
    typed = {"name": "Nora Lind", "email": "nora@example.org", "roles": ["learner", "author"]}
    asked = ines.submit(typed, action="/people", status=303).location
    assert "ora" not in asked.lower()
    again = unquote(asked.partition("next=")[2])
    other = World(app).person(Role.ADMINISTRATOR)
    assert "Nora" not in accounts.let_in(Visitor(app), other).get(again).html
    accounts.let_in(ines, INES).get(again)
    ines.submit(action="/people", status=200)
    with app.app_context():
        made = db.session.scalars(select(Person).where(Person.email == "nora@example.org")).one()
        assert (made.name, {it.role for it in made.roles}) == (
            "Nora Lind",
            {Role.LEARNER, Role.AUTHOR},
        )


def test_who_has_no_codes_gives_the_password(maya: Visitor) -> None:
    maya.get("/sign-in/again?next=//x.example/")
    assert maya.submit({"present": PASSWORD}, status=303).location == "/"
    maya.get("/sign-in/again")
    for _ in range(10):
        maya.submit({"present": "a wrong walk home"}, status=422)
    maya.submit({"present": PASSWORD}, status=429)
