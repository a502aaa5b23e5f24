"""Setting a password by an email that one asked for; what changes lets its owner know."""

import re

import pytest
from flask import Flask

from cpd.accounts.sign_in import known_browsers
from tests.accounts.sign_in.test_sessions import Thief
from tests.factories import accounts
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, PASSWORD
from tests.support.post import PostOffice
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "five blue doors by the sea"


def ask(visitor: Visitor, email: str = MAYA.email) -> None:
    visitor.get("/reset-password")
    visitor.submit({"email": email}, status=303)
    assert "Check your email" in visitor.follow().text


def test_an_email_sets_a_password_ends_all_sessions_and_is_told_of(
    app: Flask, post: PostOffice, maya: Visitor, stranger: Visitor
) -> None:
    thief = Thief(app, maya)
    assert thief.is_let_in()
    ask(stranger)
    message = post.collect_one(app)
    assert message.subject == "Set a new password"
    stranger.get(message.path)
    assert thief.is_let_in(), "opening it changes nothing"
    stranger.submit({"password": NEW, "again": NEW})
    assert not thief.is_let_in()
    stranger.get("/profile", status=302)  # the email sets a password; it signs nobody in
    notice = post.collect_one(app)
    assert notice.subject == "Your password was changed"
    assert notice.to == [MAYA.email]
    assert "/reset-password" in notice.text
    assert "When: 23 Nov 2026, 10:00 (UTC)\n" in notice.text
    assert not any(secret in notice.text for secret in (NEW, message.path))
    stranger.get("/sign-in")
    stranger.submit({"email": MAYA.email, "password": NEW}, status=302)
    stranger.get(message.path, status=404)


def test_it_works_for_half_an_hour(
    app: Flask, post: PostOffice, stranger: Visitor, clock: MovedClock
) -> None:
    ask(stranger)
    message = post.collect_one(app)
    clock.advance(minutes=29, seconds=59)
    stranger.get(message.path)
    clock.advance(seconds=1)
    stranger.submit({"password": NEW, "again": NEW}, status=404)


def test_a_newer_email_ends_the_one_before(app: Flask, post: PostOffice) -> None:
    visitor = Visitor(app)
    ask(visitor)
    older = post.collect_one(app)
    ask(visitor)
    newer = post.collect_one(app)
    visitor.get(older.path, status=404)
    visitor.get(newer.path)


def test_an_email_does_not_end_what_an_administrator_handed_over_but_its_password_does(
    app: Flask, post: PostOffice, stranger: Visitor, ines: Visitor
) -> None:
    with app.app_context():
        public_id = accounts.row_of(MAYA).public_id
    made = ines.post(f"/people/{public_id}/link", status=200)
    (handed,) = re.findall(r"/set-password/[\w-]{43}", made.text)
    ask(stranger)
    stranger.get(handed)
    stranger.get(post.collect_one(app).path)
    stranger.submit({"password": NEW, "again": NEW})
    stranger.get(handed, status=404)


@pytest.mark.parametrize("who", ["nobody", "locked"])
def test_who_cannot_sign_in_is_told_by_email_alone(
    app: Flask, post: PostOffice, stranger: Visitor, ines: Visitor, who: str
) -> None:
    email = "nobody@example.org" if who == "nobody" else MAYA.email
    if who == "locked":
        with app.app_context():
            public_id = accounts.row_of(MAYA).public_id
        ines.post(f"/people/{public_id}/disabling")
    ask(stranger, email)
    message = post.collect_one(app)
    assert message.subject == "No account to reset"
    assert "set-password" not in message.text


def test_what_waited_too_long_is_not_sent(
    app: Flask, post: PostOffice, stranger: Visitor, clock: MovedClock
) -> None:
    ask(stranger)
    clock.advance(minutes=30)
    assert post.collect(app) == []


def test_strangers_who_ask_cannot_keep_the_owner_from_asking(app: Flask, post: PostOffice) -> None:
    owner = Visitor(app, "owner")
    owner.get("/sign-in")
    owner.submit({"email": MAYA.email, "password": PASSWORD}, status=302)
    for _ in range(3):
        ask(Visitor(app))
    other = Visitor(app)
    other.get("/reset-password")
    other.submit({"email": MAYA.email}, status=429)  # the control: an unknown browser waits
    owner.get("/reset-password")
    owner.submit({"email": MAYA.email}, status=303)
    assert len(post.collect(app)) == 4
    assert known_browsers.LASTS.days == 365
