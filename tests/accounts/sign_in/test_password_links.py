"""A link to set a password works once, for three days, until a newer one; opening does nothing."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM
from cpd.accounts import tokens
from cpd.accounts.models import Person
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_in import password_hashing
from cpd.accounts.sign_in.models import PasswordLink
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from tests.factories import accounts
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, PASSWORD
from tests.support.people import Person as Named
from tests.support.visitor import Visitor

NEW = "five blue doors by the sea"


def link(app: Flask, named: Named = MAYA) -> str:
    with app.app_context():
        person = accounts.row_of(named)
        with unit_of_work() as session:
            token = credentials.make_password_link(
                session, person, actor=SYSTEM, now=kernel_clock.now()
            )
    return f"/set-password/{token}"


def set_password(visitor: Visitor, path: str, new: str = NEW) -> None:
    visitor.get(path)
    visitor.submit({"password": new, "again": new}, status=302)


def fits(app: Flask, password: str) -> bool:
    with app.app_context():
        stored = accounts.row_of(MAYA).password_hash
    return password_hashing.password_matches_hash(password, stored)


def test_a_link_sets_a_password(app: Flask, stranger: Visitor) -> None:
    set_password(stranger, link(app))
    assert "Your password is set." in stranger.follow().text
    stranger.submit({"email": MAYA.email, "password": NEW}, status=302)
    assert MAYA.full_name in stranger.get("/profile").text
    assert not fits(app, PASSWORD)


def test_opening_a_link_changes_nothing(app: Flask, stranger: Visitor) -> None:
    """Mail programs and their guards open every link."""
    path = link(app)
    for _ in range(3):
        stranger.get(path)
    stranger.send("HEAD", path, status=200)
    assert fits(app, PASSWORD)
    set_password(stranger, path)


def test_a_link_works_once(app: Flask, stranger: Visitor) -> None:
    path = link(app)
    set_password(stranger, path)
    stranger.get(path, status=404)
    other = "another sentence of maya"
    stranger.get("/sign-in")
    stranger.post(path, {"password": other, "again": other}, status=404)
    assert fits(app, NEW)


def test_a_link_lasts_three_days(app: Flask, stranger: Visitor, clock: MovedClock) -> None:
    path = link(app)
    clock.advance(hours=71, minutes=59)
    stranger.get(path)
    clock.advance(minutes=1)
    stranger.submit({"password": NEW, "again": NEW}, status=404)
    assert fits(app, PASSWORD)


def test_a_newer_link_replaces_it(app: Flask, stranger: Visitor) -> None:
    older, newer = link(app), link(app)
    stranger.get(older, status=404)
    set_password(stranger, newer)


def test_a_changed_password_ends_the_link(app: Flask, maya: Visitor, stranger: Visitor) -> None:
    path = link(app)
    maya.get("/profile/password")
    maya.submit({"present": PASSWORD, "password": NEW, "again": NEW}, action="")
    stranger.get(path, status=404)


def test_a_disabled_account_has_no_link(app: Flask, stranger: Visitor) -> None:
    path = link(app)
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Person).where(Person.email == MAYA.email).values(disabled_at=NOW))
    stranger.get(path, status=404)


def test_links_that_do_not_work_look_the_same(app: Flask, stranger: Visitor) -> None:
    used = link(app)
    set_password(stranger, used)
    unknown = "/set-password/" + "A" * 43
    said = {stranger.get(path, status=404).body for path in (used, unknown, "/set-password/x")}
    assert len(said) == 1
    assert "Ask for a new one where you got it." in said.pop().decode()


def test_a_wrong_link_costs_no_hashing(stranger: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(password: str) -> str:
        raise AssertionError("hashed for a link that does not work")

    monkeypatch.setattr(password_hashing, "hash_password", refuse)
    stranger.get("/sign-in")
    stranger.post("/set-password/unknown", {"password": NEW, "again": NEW}, status=404)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("", "", "Choose a password."),
        ("too short", "too short", "Use at least 15 characters."),
        ("x" * 257, "x" * 257, "Use at most 256 characters."),
        ("passwordpassword", "passwordpassword", "This is easy to guess"),
        ("maya@example.org maya", "maya@example.org maya", "This is easy to guess"),
        (NEW, f"{NEW} ", "The two passwords differ."),
        (NEW, "", "Type the password again."),
    ],
)
def test_a_password_that_is_not_taken(
    app: Flask, stranger: Visitor, password: str, again: str, said: str
) -> None:
    path = link(app)
    stranger.get(path)
    answer = stranger.submit({"password": password, "again": again}, status=422)
    assert said in answer.text
    assert not password or password not in answer.html
    set_password(stranger, path)  # the link still works


def test_a_busy_moment_keeps_the_link(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link(app)
    stranger.get(path)
    with monkeypatch.context() as patched:
        patched.setattr(
            password_hashing, "gate", password_hashing.Gate(at_once=1, places=1, patience=0)
        )
        with password_hashing.gate.hold_turn():
            answer = stranger.submit({"password": NEW, "again": NEW}, status=503)
    assert answer.header("Retry-After") == "3"
    set_password(stranger, path)


def test_two_at_once_set_one_password(app: Flask) -> None:
    """Compare-and-set decides; the second is told that the link is spent."""
    path = link(app)
    token_hash = tokens.hash_token(path.rpartition("/")[2])
    with app.app_context():
        done = []
        for password_hash in ("one", "two"):
            with unit_of_work() as session:
                done.append(
                    credentials.set_password_by_link(
                        session, token_hash, password_hash, now=kernel_clock.now()
                    )
                )
        assert done == [True, False]
        assert accounts.row_of(MAYA).password_hash == "one"


def test_who_was_disabled_in_the_same_moment_sets_nothing(app: Flask) -> None:
    path = link(app)
    token_hash = tokens.hash_token(path.rpartition("/")[2])
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Person).values(disabled_at=NOW))
        with unit_of_work() as session:
            assert not credentials.set_password_by_link(
                session, token_hash, "new", now=kernel_clock.now()
            )


def test_a_link_that_is_spent_between_page_and_write(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link(app)
    stranger.get(path)
    monkeypatch.setattr(credentials, "set_password_by_link", lambda *_a, **_k: False)
    stranger.submit({"password": NEW, "again": NEW}, status=404)


def test_the_database_holds_no_token_and_the_trail_no_password(
    app: Flask, stranger: Visitor
) -> None:
    path = link(app)
    set_password(stranger, path)
    with app.app_context():
        row = db.session.scalars(select(PasswordLink)).one()
        trail = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        told = [
            (entry.action, entry.actor)
            for entry in trail
            if entry.action.startswith("accounts:password")
        ]
        subject = accounts.row_of(MAYA).subject
    assert path.rpartition("/")[2] not in map(str, vars(row).values())
    assert told == [
        ("accounts:password-link:make", "system"),
        ("accounts:password:set", subject),
    ]
    assert all(NEW not in str(entry.detail) for entry in trail)
