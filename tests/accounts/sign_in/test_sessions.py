"""A copied cookie is dead once its session ended, whatever ended it.

The thief's requests are sent with the cookie jar off and the header set by hand: with a jar the
test client drops such a header, and a replay test would pass for the wrong reason.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask_login import current_user
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.models import Person
from cpd.accounts.people import actions
from cpd.accounts.people.actions import Grant
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_in import sessions
from cpd.accounts.sign_in.models import SignInSession
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from tests.access.matrix import routes_of
from tests.factories import accounts
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import INES, MAYA, PASSWORD
from tests.support.visitor import Visitor


class Thief:
    """Holds a copy of maya's cookie, and sends exactly that."""

    def __init__(self, app: Flask, victim: Visitor) -> None:
        found = victim.client.get_cookie("cpd")
        assert found is not None
        self.header = {"Cookie": f"cpd={found.value}"}
        self.visitor = Visitor(app, "thief", cookies=False)

    def is_let_in(self) -> bool:
        answer = self.visitor.send("GET", "/profile", status=(200, 302), headers=self.header)
        sent = answer.response.request.headers.get("Cookie")
        assert sent == self.header["Cookie"], "the client dropped the header"
        json = {"Accept": "application/json"}
        status = self.visitor.send(
            "GET", "/profile", status=(200, 401), headers=self.header | json
        ).status
        assert (status == 200) is (answer.status == 200)
        return status == 200


End = Callable[[Flask, Visitor], None]


def _signs_out(app: Flask, maya: Visitor) -> None:
    maya.post("/sign-out")


def _ends_this_session(app: Flask, maya: Visitor) -> None:
    with app.app_context():
        public_id = db.session.scalars(select(SignInSession.public_id)).one()
    maya.post(f"/profile/sessions/{public_id}/ending")


def _ends_others_elsewhere(app: Flask, maya: Visitor) -> None:
    elsewhere = accounts.let_in(Visitor(app, "maya elsewhere"), MAYA)
    elsewhere.post("/profile/sessions/ending")


def _changes_password_here(app: Flask, maya: Visitor) -> None:
    new = "five blue doors by the sea"
    maya.post("/profile/password", {"present": PASSWORD, "password": new, "again": new})
    maya.get("/profile")  # she herself stays signed in, by a fresh session


def _changes_password_elsewhere(app: Flask, maya: Visitor) -> None:
    elsewhere = accounts.let_in(Visitor(app, "maya elsewhere"), MAYA)
    new = "five blue doors by the sea"
    elsewhere.post("/profile/password", {"present": PASSWORD, "password": new, "again": new})


def _sets_password_by_link(app: Flask, maya: Visitor) -> None:
    with app.app_context():
        person = accounts.row_of(MAYA)
        with unit_of_work() as session:
            token = credentials.make_password_link(
                session, person, actor=SYSTEM, now=kernel_clock.now()
            )
    new = "five blue doors by the sea"
    browser = Visitor(app)
    browser.get(f"/set-password/{token}")
    browser.submit({"password": new, "again": new})


def _is_disabled(app: Flask, maya: Visitor) -> None:
    _by_administrator(app, "disabling")


def _loses_a_role(app: Flask, maya: Visitor) -> None:
    _by_administrator(app, "roles/learner/removal")


def _is_signed_out_by_administrator(app: Flask, maya: Visitor) -> None:
    _by_administrator(app, "sessions/ending")


def _by_administrator(app: Flask, path: str) -> None:
    with app.app_context():
        public_id = accounts.row_of(MAYA).public_id
    accounts.let_in(Visitor(app, "ines"), INES).post(f"/people/{public_id}/{path}")


def _disabled_behind_the_app(app: Flask, maya: Visitor) -> None:
    """Even where the sessions were left standing, a disabled account lets nobody in."""
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Person).where(Person.email == MAYA.email).values(disabled_at=NOW))


def _signs_in_again(app: Flask, maya: Visitor) -> None:
    maya.post("/sign-in", {"email": MAYA.email, "password": PASSWORD})


@pytest.mark.parametrize(
    "ends",
    [
        _signs_out,
        _ends_this_session,
        _ends_others_elsewhere,
        _changes_password_here,
        _changes_password_elsewhere,
        _sets_password_by_link,
        _is_disabled,
        _loses_a_role,
        _is_signed_out_by_administrator,
        _disabled_behind_the_app,
        _signs_in_again,
    ],
    ids=lambda end: end.__name__.strip("_"),
)
def test_a_copied_cookie_is_dead(app: Flask, maya: Visitor, ends: End) -> None:
    thief = Thief(app, maya)
    assert thief.is_let_in()  # the control: before the end, the copy works
    ends(app, maya)
    assert not thief.is_let_in()


def _let_in_on(app: Flask, thief: Thief, token: str) -> set[str]:
    """Return the guarded routes on which the copy, with a good form token, is somebody."""
    found = set()
    for route, endpoint in routes_of(app).items():
        if app.view_functions[endpoint].__dict__["permission"] is None:
            continue
        method, _, rule = route.partition(" ")
        path = re.sub(r"<\w+:\w+>", "absent", re.sub(r"<int:\w+>", "1", rule))
        headers = {**thief.header, "X-CSRFToken": token, "Accept": "application/json"}
        answer = thief.visitor.client.open(path, method=method, headers=headers)
        assert answer.request.headers.get("Cookie") == thief.header["Cookie"]
        assert answer.status_code < 500, route
        if answer.status_code != 401:
            found.add(route)
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "ends",
    [_signs_out, _sets_password_by_link, _is_disabled, _loses_a_role],
    ids=lambda end: end.__name__.strip("_"),
)
def test_a_copied_cookie_is_dead_on_every_path(app: Flask, maya: Visitor, ends: End) -> None:
    """Each guarded route of the app, as JSON, so that a refusal is a 401 and nothing else."""
    thief, token = Thief(app, maya), maya.token
    ends(app, maya)
    assert _let_in_on(app, thief, token) == set()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_control_a_live_cookie_is_somebody_on_every_path(app: Flask, maya: Visitor) -> None:
    guarded = {
        route
        for route, endpoint in routes_of(app).items()
        if app.view_functions[endpoint].__dict__["permission"] is not None
    }
    assert len(guarded) > 40
    assert _let_in_on(app, Thief(app, maya), maya.token) == guarded


def test_control_what_ends_nothing_leaves_the_copy_alive(app: Flask, maya: Visitor) -> None:
    thief = Thief(app, maya)
    maya.get("/profile")
    maya.client.delete_cookie("cpd")  # what signing out would be without the table
    assert thief.is_let_in()


def test_a_role_granted_ends_nothing(app: Flask, maya: Visitor, ines: Visitor) -> None:
    thief = Thief(app, maya)
    with app.app_context():
        public_id = accounts.row_of(MAYA).public_id
    ines.post(f"/people/{public_id}/roles", {"role": "author"})
    assert thief.is_let_in()


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "cpd=",
        "cpd=nonsense",
        "cpd=eyJzaWduZWRfaW4iOiJ4In0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "remember_token=1|aa; cpd=x",
        "cpd-device=x",
    ],
)
def test_made_up_cookies_let_nobody_in(app: Flask, cookie: str) -> None:
    Visitor(app, cookies=False).get("/profile", status=302, headers={"Cookie": cookie})


@pytest.mark.parametrize("value", [None, 7, ["a"], {"a": 1}, "", "x" * 2000, "unknown"])
def test_odd_tokens_in_a_signed_cookie_let_nobody_in(stranger: Visitor, value: object) -> None:
    with stranger.client.session_transaction() as cookie:
        cookie["signed_in"] = value
    stranger.get("/profile", status=302)


def test_flask_logins_own_entries_let_nobody_in(app: Flask, stranger: Visitor) -> None:
    with app.app_context():
        public_id = accounts.row_of(MAYA).public_id
    with stranger.client.session_transaction() as cookie:
        cookie["_user_id"] = public_id
        cookie["_fresh"] = True
    stranger.get("/profile", status=302)


# Limits in time


def test_twelve_idle_hours_end_a_session(maya: Visitor, clock: MovedClock) -> None:
    clock.advance(hours=11, minutes=59)
    maya.get("/profile")
    clock.advance(hours=11, minutes=59)
    maya.get("/profile")
    clock.advance(hours=12)
    maya.get("/profile", status=302)


def test_fourteen_days_end_a_session_in_use(maya: Visitor, clock: MovedClock) -> None:
    for _ in range(14 * 24 // 11):
        clock.advance(hours=11)
        maya.get("/profile/password")
    clock.set(NOW + timedelta(days=14) - timedelta(seconds=1))
    maya.get("/profile/password")
    clock.advance(seconds=1)
    maya.get("/profile/password", status=302)


# The time of the last use


def _last_seen(app: Flask) -> object:
    with app.app_context():
        return db.session.scalars(select(SignInSession.last_seen_at)).one()


def test_use_is_written_every_five_minutes_at_most(
    app: Flask, maya: Visitor, clock: MovedClock
) -> None:
    clock.advance(minutes=4, seconds=59)
    maya.get("/profile")
    assert _last_seen(app) == NOW
    seen = clock.advance(seconds=1)
    maya.get("/profile")
    assert _last_seen(app) == seen


def test_use_never_brings_an_ended_session_back(app: Flask, maya: Visitor) -> None:
    maya.post("/sign-out")
    with app.app_context():
        row = db.session.scalars(select(SignInSession)).one()
        with unit_of_work() as session:
            credentials.record_session_use(
                session, row.id, now=kernel_clock.now().replace(year=2027)
            )
        db.session.expire_all()
        assert (row.last_seen_at, row.ended_at) == (NOW, NOW)


def test_a_use_that_cannot_be_written_harms_nobody(
    app: Flask, maya: Visitor, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_args: object, **_named: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("locked"))

    monkeypatch.setattr(credentials, "record_session_use", locked)
    clock.advance(minutes=5)
    maya.get("/profile")
    assert _last_seen(app) == NOW


# What asking costs


def _statements(app: Flask, path: str, visitor: Visitor) -> list[str]:
    found: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":  # how SQLite opens what PostgreSQL opens unasked
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    visitor.send("GET", path, status=(200, 404))
    event.remove(engine, "before_cursor_execute", note)
    return found


def test_who_is_asking_costs_one_query(app: Flask, ines: Visitor) -> None:
    with app.app_context():
        person_id = accounts.row_of(INES).id
        with unit_of_work() as session:
            for role in (Role.AUTHOR, Role.REVIEWER, Role.LEARNER):
                actions.grant_role(
                    session, person_id, Grant(role), actor=SYSTEM, now=kernel_clock.now()
                )
    assert len(_statements(app, "/no-such-page", ines)) == 1


def test_strangers_cost_no_query(app: Flask, stranger: Visitor) -> None:
    assert _statements(app, "/sign-in", stranger) == []


def test_templates_know_the_person(app: Flask, maya: Visitor) -> None:
    """Flask-Login's current_user is the same person, from the same query."""
    with maya.client as client:
        client.get("/profile")
        assert current_user.is_authenticated
        assert current_user.is_active
        assert not current_user.is_anonymous
        assert current_user.get_id() == sessions.current_person().public_id
        assert current_user.name == MAYA.full_name


def test_a_view_without_its_guard_is_noticed(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(RuntimeError, match="@requires"):
        sessions.current_person()


def test_every_session_has_its_row(app: Flask, maya: Visitor) -> None:
    accounts.let_in(Visitor(app), MAYA)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 2
