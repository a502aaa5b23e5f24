"""Signing up by email: nothing before the address is proven, one answer for every address."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.accounts.models import Person, RoleAssignmentRow
from cpd.accounts.sign_in.rules import throttling as limits
from cpd.accounts.sign_in.rules.throttling import LIMITS, CountedBy, ThrottleScope
from cpd.accounts.sign_up import actions as verifications
from cpd.accounts.sign_up.models import EmailVerification
from cpd.accounts.sign_up.queries import MOST_WRONG_CODES
from cpd.config import settings_of_app
from cpd.db import db, unit_of_work
from cpd.kernel import clock as the_clock
from tests.factories import accounts
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, PASSWORD
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Answer, Visitor

NEW = "nora@example.org"
sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def ask(
    visitor: Visitor, email: str = NEW, *, status: int = 303, source: str = "192.0.2.1"
) -> Answer:
    visitor.get("/sign-up")
    return visitor.post(
        "/sign-up", {"email": email}, status=status, environ_base={"REMOTE_ADDR": source}
    )


def type_code(visitor: Visitor, code: str, *, status: int = 303) -> Answer:
    visitor.get("/sign-up/code")
    return visitor.post("/sign-up/code", {"code": code}, status=status)


def open_account(visitor: Visitor, *, status: int = 303, name: str = "Nora Field") -> Answer:
    visitor.get("/sign-up/account")
    return visitor.submit({"name": name, "password": PASSWORD, "again": PASSWORD}, status=status)


def person(app: Flask, email: str = NEW) -> Person | None:
    with app.app_context():
        return db.session.scalar(select(Person).where(Person.email == email))


@sqlite
def test_when_the_answer_to_the_right_code_got_lost_the_page_leads_on(
    app: Flask, post: PostOffice
) -> None:
    visitor = Visitor(app)
    ask(visitor)
    type_code(visitor, post.collect_one(app).code)
    assert visitor.get("/sign-up/code", status=303).location == "/sign-up/account"
    open_account(visitor)
    assert visitor.get("/sign-up/code", status=303).location == "/sign-up"


def test_by_the_code_for_the_page_still_open(app: Flask, post: PostOffice) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-up?next=/courses")
    visitor.submit({"email": " Nora@Example.org "}, status=303)
    assert NEW in visitor.follow().text
    message = post.collect_one(app)
    assert message.to == [NEW]
    assert person(app) is None
    type_code(visitor, f"{message.code[:3]} {message.code[3:]}")
    assert person(app) is None
    assert open_account(visitor).location == "/courses"
    made = person(app)
    assert made is not None
    assert [it.role.value for it in made.roles] == ["learner"]
    assert "Nora Field" in visitor.get("/profile").text
    Visitor(app).get(message.path, status=404)
    assert post.collect(app) == []


@sqlite
def test_by_the_link_whose_button_alone_acts_in_any_browser(app: Flask, post: PostOffice) -> None:
    asker, reader = Visitor(app), Visitor(app)
    ask(asker)
    message = post.collect_one(app)
    for _ in range(2):
        assert "Is this your address?" in reader.get(message.path).text
    reader.get("/sign-up/account", status=303)
    reader.get(message.path)
    reader.submit(status=303)
    asker.get("/sign-up/account", status=303)  # whoever asked has proven nothing
    type_code(asker, message.code, status=422)  # and the code died with the link
    open_account(reader)
    assert person(app) is not None


@sqlite
def test_nobody_is_led_elsewhere_nor_takes_a_grant_along(app: Flask, post: PostOffice) -> None:
    visitor = Visitor(app)
    ask(visitor)
    type_code(visitor, post.collect_one(app).code)
    visitor.get("/sign-up")
    visitor.post("/sign-up", {"email": "other@example.org", "next": "//x.example/"}, status=303)
    visitor.get("/sign-up/account", status=303)  # whoever asks again has proven nothing yet
    type_code(visitor, post.collect_one(app).code)
    assert open_account(visitor).location == "/"


@sqlite
def test_a_grant_opens_one_account(app: Flask, post: PostOffice) -> None:
    visitor = Visitor(app)
    ask(visitor)
    type_code(visitor, post.collect_one(app).code)
    visitor.get("/sign-up/account")
    copied = visitor.client.get_cookie("cpd")
    assert copied is not None
    open_account(visitor)
    thief = Visitor(app, cookies=False)
    headers = {"Cookie": f"cpd={copied.value}"}
    assert thief.get("/sign-up/account", status=303, headers=headers).location == "/sign-up"


@sqlite
def test_a_password_is_refused_as_everywhere(app: Flask, post: PostOffice) -> None:
    visitor = Visitor(app)
    ask(visitor)
    type_code(visitor, post.collect_one(app).code)
    for password, said in (
        ("too short", "Use at least 15 characters."),
        ("nora field nora field", "This is easy to guess"),
    ):
        visitor.get("/sign-up/account")
        sent = {"name": "Nora Field", "password": password, "again": password}
        assert said in visitor.submit(sent, status=422).text
    assert person(app) is None


@sqlite
def test_only_six_digits_are_a_guess_and_a_pasted_sentence_will_do(
    app: Flask, post: PostOffice
) -> None:
    visitor = Visitor(app)
    ask(visitor)
    message = post.collect_one(app)
    for typed in ("hello", "12345", "1234567", "63l 191", "123 456 or 654 321", message.path):
        assert "Type the six digits" in type_code(visitor, typed, status=422).text
    with app.app_context():
        assert db.session.scalars(select(EmailVerification.wrong_codes)).one() == 0
    type_code(visitor, "000000" if message.code != "000000" else "111111", status=422)
    with app.app_context():
        assert db.session.scalars(select(EmailVerification.wrong_codes)).one() == 1
    type_code(visitor, message.subject)


@sqlite
def test_five_wrong_codes_end_an_email(app: Flask, post: PostOffice) -> None:
    visitor = Visitor(app)
    ask(visitor)
    right = post.collect_one(app).code
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(4):
        type_code(visitor, wrong, status=422)
    assert type_code(visitor, wrong).location == "/sign-up"
    assert visitor.post("/sign-up/code", {"code": right}, status=303).location == "/sign-up"


@sqlite
def test_who_comes_at_once_gets_no_more(app: Flask) -> None:
    """Below the pages: requests side by side have all seen the claim before one of them acts."""
    now = the_clock.now()
    with app.app_context(), unit_of_work() as session:
        claim = verifications.request_verification(session, NEW, now=now)
        made = verifications.make_verification_secrets(session, claim)
        for _ in range(MOST_WRONG_CODES):
            assert verifications.verify_address_by_code(session, claim, "no code", now=now) is None
        assert verifications.verify_address_by_code(session, claim, made.code, now=now) is None
        late = now + verifications.LASTS
        assert verifications.verify_address_by_link(session, made.token, now=late) is None
        grant = verifications.verify_address_by_link(session, made.token, now=now) or ""
        assert (
            verifications.use_verification_grant(session, grant, now=late + verifications.LASTS)
            is None
        )
        assert verifications.use_verification_grant(session, grant, now=now) is not None
        assert verifications.use_verification_grant(session, grant, now=now) is None


@sqlite
def test_after_an_hour_neither_works(app: Flask, post: PostOffice, clock: MovedClock) -> None:
    visitor = Visitor(app)
    ask(visitor)
    message = post.collect_one(app)
    clock.advance(hours=1)
    assert visitor.get("/sign-up/code", status=303).location == "/sign-up"
    visitor.get(message.path, status=404)


@sqlite
def test_an_email_that_was_not_sent_in_time_is_not_sent(
    app: Flask, post: PostOffice, clock: MovedClock
) -> None:
    ask(Visitor(app))
    clock.advance(hours=1)
    assert post.collect(app) == []


@sqlite
def test_an_email_sent_twice_holds_a_newer_code(
    app: Flask, post: PostOffice, clock: MovedClock
) -> None:
    post.answers = {"DATA": ["lost"]}
    visitor = Visitor(app)
    ask(visitor)
    first = post.collect_one(app)
    clock.advance(minutes=1)
    second = post.collect_one(app)
    visitor.get(first.path, status=404)
    type_code(visitor, second.code)


@sqlite
def test_what_was_answered_is_not_sent_again(
    app: Flask, post: PostOffice, clock: MovedClock
) -> None:
    post.answers = {"DATA": ["lost"]}
    visitor = Visitor(app)
    ask(visitor)
    type_code(visitor, post.collect_one(app).code)
    clock.advance(minutes=1)
    assert post.collect(app) == []
    open_account(visitor)


@sqlite
def test_an_account_made_meanwhile_stands(app: Flask, post: PostOffice) -> None:
    visitor = Visitor(app)
    ask(visitor)
    type_code(visitor, post.collect_one(app).code)
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email=NEW, name="Nora the First")
    assert open_account(visitor).location == "/sign-up"
    made = person(app)
    assert made is not None
    assert made.name == "Nora the First"


@sqlite
def test_the_database_holds_no_code_and_no_token(app: Flask, post: PostOffice) -> None:
    visitor = Visitor(app)
    ask(visitor)
    message = post.collect_one(app)
    with app.app_context():
        row = db.session.scalars(select(EmailVerification)).one()
        values = [str(value) for value in vars(row).values()]
    secrets = (message.code, message.path.rpartition("/")[2])
    assert not [secret for secret in secrets for value in values if secret in value]


@sqlite
def test_old_claims_are_forgotten(app: Flask, clock: MovedClock) -> None:
    ask(Visitor(app))
    clock.advance(hours=25)
    ask(Visitor(app), "other@example.org")
    with app.app_context():
        assert db.session.scalars(select(EmailVerification.email)).all() == ["other@example.org"]


@sqlite
def test_where_no_emails_are_sent_nobody_is_asked(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CPD", _without_mail(app))
    assert "Ask the people who run it" in stranger.get("/sign-up", status=404).text
    stranger.get("/reset-password", status=404)
    assert "Open an account" not in stranger.get("/sign-in").text


def _without_mail(app: Flask) -> object:
    return replace(settings_of_app(app), mail_server=None)


@sqlite
def test_who_is_signed_in_has_an_account(maya: Visitor) -> None:
    assert maya.get("/sign-up?next=/profile", status=302).location == "/profile"


# Known and unknown addresses


def _seen(app: Flask, post: PostOffice, email: str) -> list[tuple[int, bytes, list[str]]]:
    """Return status, body and SQL of everything that somebody sees without reading the email."""
    visitor = Visitor(app)
    seen: list[tuple[int, bytes, list[str]]] = []
    steps = [
        ("GET", "/sign-up", None),
        ("POST", "/sign-up", {"email": email}),
        ("GET", "/sign-up/code", None),
        ("POST", "/sign-up/code", {"code": "000000"}),
        ("collect", "", None),
        ("GET", "/sign-up/code", None),
        ("POST", "/sign-up/code", {"code": "000000"}),
        ("GET", "/sign-up/account", None),
        ("GET", "/reset-password", None),
        ("POST", "/reset-password", {"email": email}),
        ("GET", "/reset-password/sent", None),
    ]
    for method, path, form in steps:
        if method == "collect":
            post.collect(app)
            continue
        with asked(app) as sql:
            if method == "GET":
                answer = visitor.send("GET", path, status=(200, 303))
            else:
                answer = visitor.post(path, form, status=(303, 422))
        body = answer.body.replace(email.encode(), b"(address)")
        seen.append((answer.status, body.replace(visitor.token.encode(), b"(token)"), sql))
    return seen


def test_known_and_unknown_addresses_are_answered_alike(
    app: Flask, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status, bytes and statements of each step; the email alone tells them apart."""
    monkeypatch.setattr("cpd.accounts.sign_up.actions.secrets.randbelow", lambda _most: 123456)
    known, unknown = (_seen(app, post, email) for email in (MAYA.email, "mona@example.org"))
    assert known == unknown
    told = [(message.to[0], message.subject) for message in post.emails]
    assert (MAYA.email, "You already have an account") in told
    assert ("mona@example.org", "Your code: 123 456") in told


@sqlite
def test_control_a_look_at_the_account_would_be_seen(
    app: Flask, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = verifications.request_verification

    def curious(session: Session, email: str, *, location: str, now: datetime) -> str:
        if session.scalar(select(Person.id).where(Person.email == email)) is not None:
            session.execute(select(RoleAssignmentRow.id))
        return real(session, email, location=location, now=now)

    monkeypatch.setattr(verifications, "request_verification", curious)
    known, unknown = (_seen(app, post, email) for email in (MAYA.email, "mona@example.org"))
    assert known != unknown


# Limits


@sqlite
def test_three_emails_to_one_address_in_a_quarter_of_an_hour(
    app: Flask, post: PostOffice, clock: MovedClock
) -> None:
    for number in range(3):
        ask(Visitor(app), source=f"192.0.2.{number}")
    clock.advance(minutes=8, seconds=30)
    refused = ask(Visitor(app), status=429, source="192.0.2.9")
    assert "use the newest. Try again in about 7 minutes." in refused.text
    assert refused.header("Retry-After") == "390"
    ask(Visitor(app), MAYA.email)
    assert len(post.collect(app)) == 4
    clock.advance(minutes=6, seconds=30)
    ask(Visitor(app))


@sqlite
def test_who_waits_for_others_emails_is_not_sent_to_look_for_some(
    app: Flask, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another limit than the address's own, with its time; known or not makes no difference."""
    usual = LIMITS[ThrottleScope.EMAIL]
    two = replace(usual, window=timedelta(hours=1), maximum={**usual.maximum, CountedBy.TOTAL: 2})
    monkeypatch.setattr(limits, "LIMITS", {**LIMITS, ThrottleScope.EMAIL: two})
    for number in range(2):
        ask(Visitor(app), f"person-{number}@example.org")
    clock.advance(minutes=20)
    for email in (MAYA.email, "mona@example.org"):
        refused = ask(Visitor(app), email, status=429)
        assert "Too many emails have been requested recently. Try again in about 40" in refused.text
        assert "unwanted mail" not in refused.text


@sqlite
def test_resets_and_sign_ups_to_one_address_are_counted_together(app: Flask) -> None:
    for _ in range(3):
        ask(Visitor(app), MAYA.email)
    visitor = Visitor(app)
    visitor.get("/reset-password")
    visitor.post("/reset-password", {"email": MAYA.email}, status=429)


@sqlite
def test_a_school_behind_one_address_signs_up(app: Flask) -> None:
    for number in range(40):
        ask(Visitor(app), f"pupil-{number}@school.example")
