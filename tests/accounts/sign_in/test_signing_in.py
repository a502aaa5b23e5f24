"""Signing in by the real form: whom it lets in, what it answers to others, where it leads."""

from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event, select, update

from cpd.accounts.models import Person
from cpd.accounts.sign_in import password_hashing
from cpd.accounts.sign_in.models import EndReason, SignInAttempt, SignInSession
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from tests.accounts.rules.test_redirects import REFUSED
from tests.factories import accounts
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, PASSWORD, ZOE
from tests.support.visitor import Answer, Visitor

WRONG = "a wrong walk before breakfast"


def sign_in(visitor: Visitor, email: str = MAYA.email, password: str = PASSWORD) -> Answer:
    visitor.get("/sign-in")
    return visitor.submit({"email": email, "password": password}, status=(302, 422, 429, 503))


def test_maya_signs_in_and_out(stranger: Visitor) -> None:
    assert sign_in(stranger).location == "/"
    assert MAYA.full_name in stranger.get("/profile").text
    stranger.get("/sign-out")
    stranger.submit(action="/sign-out")
    assert "You are signed out." in stranger.follow().text
    assert stranger.get("/profile", status=302).location == "/sign-in?next=/profile"


def test_the_address_may_be_typed_in_capitals(stranger: Visitor) -> None:
    assert sign_in(stranger, "  Maya@Example.ORG ").status == 302


def test_the_password_is_taken_exactly_as_typed(stranger: Visitor) -> None:
    for password in (f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper()):
        assert sign_in(stranger, password=password).status == 422


def test_what_is_missing_is_said_beside_its_field(stranger: Visitor) -> None:
    stranger.get("/sign-in")
    answer = stranger.submit({"email": "", "password": ""}, status=422)
    assert answer.page.title.startswith("2 mistakes: ")
    assert "Enter your address." in answer.text
    assert "Enter your password." in answer.text


def test_a_mistake_loses_nothing_but_the_password(stranger: Visitor) -> None:
    stranger.get("/sign-in?next=/profile")
    answer = stranger.submit({"email": MAYA.email, "password": WRONG}, status=422)
    form = answer.page.forms[0]
    assert form.value("email") == MAYA.email
    assert form.value("next") == "/profile"
    assert form.value("password") == ""
    assert WRONG not in answer.html


def test_who_is_signed_in_is_not_asked_again(maya: Visitor) -> None:
    assert maya.get("/sign-in", status=302).location == "/"
    assert maya.get("/sign-in?next=/profile", status=302).location == "/profile"


def test_an_ended_session_is_explained(maya: Visitor, clock: MovedClock) -> None:
    clock.advance(hours=12)
    assert maya.get("/profile", status=302).location == "/sign-in?next=/profile"
    assert "You were signed out." in maya.follow().text


# Same answers for known and unknown addresses


def _disable(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Person).where(Person.email == MAYA.email).values(disabled_at=NOW))


def _forget_password(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Person).where(Person.email == MAYA.email).values(password_hash=""))


def _work_of(app: Flask, email: str, password: str) -> tuple[int, bytes, list[str], list[str]]:
    """Return status, body, SQL and hashes checked when somebody fails to sign in."""
    visitor, sql, checked = Visitor(app), list[str](), list[str]()
    visitor.get("/sign-in")
    hasher = password_hashing._hasher

    class Watched:
        def verify(self, stored: str, typed: str) -> bool:
            checked.append(stored.rpartition("$")[0].rpartition("$")[0])  # the parameters
            return hasher.verify(stored, typed)

        def check_needs_rehash(self, stored: str) -> bool:
            return hasher.check_needs_rehash(stored)

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        sql.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(password_hashing, "_hasher", Watched())
        answer = visitor.submit({"email": email, "password": password}, status=(302, 422))
    event.remove(engine, "before_cursor_execute", note)
    body = answer.body.replace(email.encode(), b"(address)")
    return answer.status, body.replace(visitor.token.encode(), b"(token)"), sql, checked


@pytest.mark.parametrize("known", ["wrong password", "disabled", "no password yet"])
def test_known_and_unknown_addresses_are_answered_alike(app: Flask, known: str) -> None:
    """Status, body, statements sent to the database, and hashes computed."""
    password = WRONG if known == "wrong password" else PASSWORD
    if known == "disabled":
        _disable(app)
    if known == "no password yet":
        _forget_password(app)
    assert _work_of(app, MAYA.email, password) == _work_of(app, "nobody@example.org", password)


def test_control_a_right_password_is_answered_otherwise(app: Flask) -> None:
    right, unknown = (
        _work_of(app, email, PASSWORD) for email in (MAYA.email, "nobody@example.org")
    )
    assert right[0] == 302
    assert unknown[0] == 422
    assert right[2] != unknown[2]


# Where it leads


def test_a_path_of_this_site_is_followed(stranger: Visitor) -> None:
    """The whole table of paths is in rules/test_redirects.py."""
    stranger.get("/sign-in?next=%2Fcourses%2Fms%3Ffrom%3Dmail%23signs")
    answer = stranger.submit({"email": MAYA.email, "password": PASSWORD}, status=302)
    assert answer.header("Location") == "/courses/ms?from=mail#signs"


def test_nothing_else_gets_into_the_form(stranger: Visitor) -> None:
    for wanted in REFUSED:
        if wanted and "\x00" not in wanted:
            stranger.get(f"/sign-in?next={quote(wanted, safe='')}")
            assert stranger.page.forms[0].value("next") == "", wanted


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "/%5Cevil.example", "javascript:alert(1)"]
)
def test_nothing_else_is_followed_from_the_field(stranger: Visitor, wanted: str) -> None:
    stranger.get("/sign-in")
    sent = {"email": MAYA.email, "password": PASSWORD, "next": wanted}
    assert stranger.post("/sign-in", sent, status=302).header("Location") == "/"


def test_nothing_else_is_followed_by_who_is_signed_in(maya: Visitor) -> None:
    for wanted in REFUSED:
        if wanted and "\x00" not in wanted:
            answer = maya.get(f"/sign-in?next={quote(wanted, safe='')}", status=302)
            assert answer.header("Location") == "/", wanted


# Odd input


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param([("email", "a@example.org")] * 2 + [("password", "x")], id="address twice"),
        pytest.param([("email", "a@example.org"), ("password", "x")] * 2, id="all twice"),
        pytest.param([("email", "a@example.org"), ("role", "administrator")], id="foreign field"),
        pytest.param([("email", "a@exa\x00mple.org"), ("password", "x")], id="NUL"),
    ],
)
def test_odd_fields_are_refused_with_a_sentence(
    stranger: Visitor, fields: list[tuple[str, str]]
) -> None:
    stranger.get("/sign-in")
    assert stranger.post("/sign-in", fields, status=400).page.h1


@pytest.mark.parametrize(
    ("email", "password"),
    [("a" * 255, "x"), ("a" * 100_000, "x"), (MAYA.email, "x" * 257), (MAYA.email, "x" * 100_000)],
)
def test_oversized_fields_are_refused_before_any_work(
    app: Flask, stranger: Visitor, email: str, password: str
) -> None:
    assert sign_in(stranger, email, password).status == 422
    with app.app_context():
        assert db.session.scalars(select(SignInAttempt)).all() == []


# The session that begins


def _cookie(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("cpd")
    assert cookie is not None
    return cookie.value


def test_nothing_is_carried_over_from_before(app: Flask, stranger: Visitor) -> None:
    """A session planted before signing in is neither continued nor worth anything afterwards."""
    with stranger.client.session_transaction() as planted:
        planted["signed_in"] = "chosen by an attacker"
        planted["basket"] = "somebody else's"
        planted["csrf_token"] = "known to an attacker"
    before = _cookie(stranger)
    sign_in(stranger)
    assert _cookie(stranger) != before
    with stranger.client.session_transaction() as after:
        assert after["signed_in"] != "chosen by an attacker"
        assert "basket" not in after
        assert after.get("csrf_token") != "known to an attacker"
    thief = Visitor(app, cookies=False)
    thief.get("/profile", status=302, headers={"Cookie": f"cpd={before}"})


def test_signing_in_again_ends_the_session_before(app: Flask, maya: Visitor) -> None:
    """Also when the old cookie was planted by somebody who has it still."""
    old = _cookie(maya)
    maya.get("/sign-in", status=302)
    maya.post("/sign-in", {"email": ZOE.email, "password": PASSWORD}, status=302)
    assert ZOE.full_name in maya.get("/profile").text
    with app.app_context():
        ended = db.session.scalars(select(SignInSession.end_reason)).all()
    assert sorted(map(str, ended)) == ["None", "replaced"]
    thief = Visitor(app, cookies=False)
    thief.get("/profile", status=302, headers={"Cookie": f"cpd={old}"})


def test_the_database_holds_no_token(app: Flask, stranger: Visitor) -> None:
    sign_in(stranger)
    with stranger.client.session_transaction() as cookie:
        token = cookie["signed_in"]
    with app.app_context():
        row = db.session.scalars(select(SignInSession)).one()
        assert len(token) == 43
        assert token not in map(str, vars(row).values())


def test_the_cookies_are_kept_from_scripts_and_other_sites(stranger: Visitor) -> None:
    cookies = sign_in(stranger).response.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"cpd", "cpd-device"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_a_hash_of_older_parameters_is_made_anew(app: Flask, stranger: Visitor) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with app.app_context(), unit_of_work() as session:
        session.execute(
            update(Person).where(Person.email == MAYA.email).values(password_hash=older)
        )
    assert sign_in(stranger).status == 302
    with app.app_context():
        stored = accounts.row_of(MAYA).password_hash
    assert stored != older
    assert "m=19456,t=2,p=1" in stored


def test_old_sessions_are_cleared_away(app: Flask, stranger: Visitor, clock: MovedClock) -> None:
    accounts.session_token(app, MAYA)
    clock.advance(days=31)
    sign_in(stranger)
    with app.app_context():
        assert len(db.session.scalars(select(SignInSession)).all()) == 1


@pytest.mark.parametrize("meanwhile", ["disabled", "password changed"])
def test_what_changes_while_the_hash_is_computed_counts(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """The proof is checked again in the transaction that begins the session."""
    real = password_hashing.password_matches_hash

    def slow(password: str, stored: str) -> bool:
        good = real(password, stored)
        change = {"disabled_at": kernel_clock.now()}
        if meanwhile == "password changed":
            change = {"password_hash": "changed"}  # type: ignore[dict-item]
        with unit_of_work() as session:
            session.execute(update(Person).where(Person.email == MAYA.email).values(**change))
        return good

    monkeypatch.setattr(password_hashing, "password_matches_hash", slow)
    assert sign_in(stranger).status == 422
    with app.app_context():
        assert db.session.scalars(select(SignInSession)).all() == []


def test_a_busy_moment_costs_nobody_a_try(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(password: str, stored: str) -> bool:
        raise password_hashing.BusyError

    monkeypatch.setattr(password_hashing, "password_matches_hash", full)
    answer = sign_in(stranger)
    assert answer.status == 503
    assert answer.header("Retry-After") == "3"
    assert "in a few seconds" in answer.text
    assert answer.page.forms[0].value("email") == MAYA.email
    with app.app_context():
        assert db.session.scalars(select(SignInAttempt)).all() == []


def test_an_outdated_hash_waits_when_the_moment_is_busy(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(password: str) -> str:
        raise password_hashing.BusyError

    monkeypatch.setattr(password_hashing, "is_hash_outdated", lambda stored: True)
    monkeypatch.setattr(password_hashing, "hash_password", full)
    assert sign_in(stranger).status == 302


def test_signing_out_twice_is_the_same_as_once(stranger: Visitor) -> None:
    stranger.get("/sign-out")
    stranger.submit(action="/sign-out")
    stranger.follow()
    stranger.get("/sign-out")
    stranger.submit(action="/sign-out")


def test_the_reason_of_an_end_is_kept(app: Flask, maya: Visitor) -> None:
    maya.post("/sign-out")
    with app.app_context():
        row = db.session.scalars(select(SignInSession)).one()
    assert (row.end_reason, row.ended_at) == (EndReason.SIGNED_OUT, NOW)
