"""Emails over a real SMTP server: once each, tried again, given up, and nothing of them kept."""

import io
import smtplib
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.accounts.sign_up import actions as verifications
from cpd.config import MailServer, Tls, settings_of_app
from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock as the_clock
from cpd.mail import emails, mailbox, sending
from cpd.mail.emails import Email
from cpd.web import logs
from tests.support.moved_clock import MovedClock
from tests.support.post import PostOffice, open_post_office, signed_by_itself
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EMAIL = Email(
    "maya@example.org",
    "accounts/emails/sign_up.txt",
    {"code": "123 456", "link": "http://localhost/" + "s" * 43},
)


def enqueue(app: Flask, key: str = "let_one", message: Email = EMAIL) -> None:
    with app.app_context(), unit_of_work() as session:
        emails.enqueue_email(session, message, key=key, now=the_clock.now())


def stored(app: Flask) -> OutboxItem:
    with app.app_context():
        return db.session.scalars(select(OutboxItem).where(OutboxItem.purpose == "letter")).one()


@pytest.fixture
def log(app: Flask) -> Iterator[io.StringIO]:
    """What is written to the log meanwhile."""
    stream = io.StringIO()
    logs.configure_logging(stream)
    yield stream
    logs.configure_logging()


def test_an_email_arrives_once_whole_and_nothing_of_it_is_kept(
    app: Flask, post: PostOffice, log: io.StringIO
) -> None:
    enqueue(app)
    enqueue(app)
    arrived = post.collect_one(app)
    assert post.collect(app) == []
    assert arrived.to == ["maya@example.org"]
    assert arrived.subject == "Your code: 123 456"
    assert arrived.code == "123456"
    assert arrived.message["From"] == "cpd <letters@localhost>"
    assert arrived.message["Message-ID"] == "<let_one@localhost>"
    assert arrived.message["Auto-Submitted"] == "auto-generated"
    assert (stored(app).payload, stored(app).last_error) == ({}, "")
    said = log.getvalue()
    assert '"purpose": "letter"' in said
    assert not [secret for secret in ("123 456", "sssss", "maya@") if secret in said]


def test_an_email_enqueued_under_an_older_folder_of_templates_is_sent(
    app: Flask, post: PostOffice
) -> None:
    enqueue(app, message=replace(EMAIL, template="accounts/letters/sign_up.txt"))
    assert post.collect_one(app).code == "123456"


@pytest.mark.parametrize(
    ("word", "answer", "recorded"),
    [
        ("RCPT", "451 try later", "the server refused the address with 451"),
        (
            "DATA",
            "452 maya@example.org is full",
            "the server refused the email with 452",
        ),
    ],
)
def test_what_is_not_taken_now_is_tried_again_and_says_nobody(
    app: Flask, post: PostOffice, clock: MovedClock, word: str, answer: str, recorded: str
) -> None:
    post.answers = {word: [answer]}
    enqueue(app)
    assert post.collect(app) == []
    assert stored(app).last_error == f"TemporaryFailureError: {recorded}"
    assert post.collect(app) == [], "not before its pause is over"
    clock.advance(seconds=30)
    assert post.collect_one(app).code == "123456"


@pytest.mark.parametrize("word", ["RCPT", "DATA"])
def test_what_is_refused_for_good_is_given_up(
    app: Flask, post: PostOffice, log: io.StringIO, word: str
) -> None:
    post.answers = {word: ["550 maya@example.org is nobody"]}
    enqueue(app)
    assert post.collect(app) == []
    assert stored(app).done_at is not None
    assert stored(app).payload == {}
    assert "with 550" in log.getvalue()
    assert "maya" not in log.getvalue()


def test_a_rude_goodbye_does_not_send_it_twice(app: Flask, post: PostOffice) -> None:
    post.answers = {"QUIT": ["421 go away"]}
    enqueue(app)
    post.collect_one(app)
    assert stored(app).done_at is not None


def test_a_lost_answer_sends_it_again_under_the_same_name(
    app: Flask, post: PostOffice, clock: MovedClock
) -> None:
    """The one window that SMTP leaves: providers recognise the second by its Message-ID."""
    post.answers = {"DATA": ["lost"]}
    enqueue(app)
    first = post.collect_one(app)
    assert stored(app).last_error.startswith("TemporaryFailureError: connection lost")
    clock.advance(seconds=30)
    assert post.collect_one(app).message["Message-ID"] == first.message["Message-ID"]


def test_after_three_days_it_is_given_up(app: Flask, clock: MovedClock) -> None:
    """Nobody listens where the tests' settings point."""
    enqueue(app)
    office = PostOffice()
    office.collect(app)
    assert stored(app).last_error == "ServerUnavailableError: no connection: ConnectionRefusedError"
    clock.advance(days=3)
    office.collect(app)
    assert (stored(app).payload, stored(app).last_error) == ({}, "")
    assert stored(app).done_at == the_clock.now()


def test_a_server_that_is_away_is_asked_once_for_all_emails(
    app: Flask, post: PostOffice, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each keeps its own pauses, as if it had been tried."""
    asked: list[int] = []

    def away(*_: object, **__: object) -> None:
        asked.append(1)
        raise TimeoutError

    with app.app_context(), unit_of_work() as session:
        for name in ("one", "two", "three"):
            emails.enqueue_email(session, EMAIL, key=name, now=the_clock.now())
        verifications.request_verification(session, "maya@example.org", now=the_clock.now())
    with monkeypatch.context() as patched:
        patched.setattr(smtplib, "SMTP", away)
        assert post.collect(app) == []
        clock.advance(seconds=30)
        assert post.collect(app) == []
    assert len(asked) == 2, "once for each pause, not for each email"
    with app.app_context():
        waiting = db.session.execute(
            select(OutboxItem.tries, OutboxItem.due_at, OutboxItem.last_error)
        ).all()
    in_a_minute = the_clock.now() + timedelta(minutes=1)
    assert waiting == [(2, in_a_minute, "ServerUnavailableError: no connection: TimeoutError")] * 4
    clock.advance(minutes=1)
    keys = [str(one.message["Message-ID"]).partition("@")[0] for one in post.collect(app)]
    assert keys[:3] == ["<one", "<two", "<three"]
    assert len(keys) == 4


def test_an_email_that_is_not_taken_holds_up_no_other(app: Flask, post: PostOffice) -> None:
    """The control: the server is there, and breaks off at one email."""
    post.answers = {"DATA": ["lost"]}
    with app.app_context(), unit_of_work() as session:
        for name in ("one", "two"):
            emails.enqueue_email(session, EMAIL, key=name, now=the_clock.now())
    assert len(post.collect(app)) == 2


def test_no_password_goes_to_a_server_without_tls(
    app: Flask, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = replace(post.server, tls=Tls.STARTTLS, user="cpd", password="hidden")
    monkeypatch.setitem(app.config, "CPD", replace(settings_of_app(app), mail_server=server))
    enqueue(app)
    assert post.collect(app) == []
    assert (
        stored(app).last_error
        == "ServerUnavailableError: STARTTLS extension not supported by server."
    )
    assert "hidden" not in repr(settings_of_app(app))


@pytest.mark.parametrize(
    ("tls", "spoken"), [(Tls.AT_ONCE, "ssl_context"), (Tls.STARTTLS, "tls_context")]
)
def test_emails_go_only_to_a_server_that_proves_its_name(
    app: Flask,
    clock: MovedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tls: Tls,
    spoken: str,
) -> None:
    context, certificate = signed_by_itself(tmp_path)
    with open_post_office(**{spoken: context}) as office:
        server = replace(office.server, tls=tls)
        monkeypatch.setitem(app.config, "CPD", replace(settings_of_app(app), mail_server=server))
        enqueue(app)
        assert office.collect(app) == []
        assert (
            stored(app).last_error
            == "ServerUnavailableError: no connection: SSLCertVerificationError"
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # the control: somebody vouches
        clock.advance(seconds=30)
        assert office.collect_one(app).code == "123456"


def test_where_there_is_no_mail_nothing_is_owed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CPD", replace(settings_of_app(app), mail_server=None))
    enqueue(app)
    with app.app_context():
        assert db.session.scalars(select(OutboxItem)).all() == []


def test_a_domain_of_other_letters_is_written_as_servers_know_it(
    app: Flask, post: PostOffice
) -> None:
    enqueue(app, message=replace(EMAIL, to="maya@müller.example"))
    assert post.collect_one(app).to == ["maya@xn--mller-kva.example"]


@pytest.mark.parametrize("email", ["maya@example.org\r\nBcc: all@example.org", "a@b\nX: y"])
def test_no_header_gets_in_by_an_address(app: Flask, email: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match=r"linefeed|carriage"):
        emails.compose_email_message(replace(EMAIL, to=email), key="k", now=the_clock.now())


def test_links_name_the_site_of_the_settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(settings_of_app(app), public_url="https://cpd.example.org")
    monkeypatch.setitem(app.config, "CPD", settings)
    with app.test_request_context("/", base_url="http://evil.example"):
        assert (
            emails.build_site_url("accounts.sign_in.show_form") == "https://cpd.example.org/sign-in"
        )


# The demo's mailbox


@pytest.fixture
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The app as a demo without a mail server."""
    settings = replace(settings_of_app(app), mail_server=None, demo=True)
    monkeypatch.setitem(app.config, "CPD", settings)
    return app


def test_a_demo_keeps_its_emails_for_this_machine_to_read(demo: Flask, stranger: Visitor) -> None:
    assert "No email yet." in stranger.get("/mailbox").text
    enqueue(demo)
    PostOffice().collect(demo)
    (kept,) = sending.mailbox_folder_path(settings_of_app(demo)).glob("*.eml")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    page = stranger.get("/mailbox")
    assert "Your code: 123 456" in page.text
    assert f'href="http://localhost/{"s" * 43}"' in page.html
    stranger.get("/mailbox", status=404, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    stranger.get("/mailbox", status=404, environ_base={"REMOTE_ADDR": ""})


def test_elsewhere_there_is_no_mailbox(app: Flask, stranger: Visitor) -> None:
    assert not settings_of_app(app).has_mailbox
    stranger.get("/mailbox", status=404)


def test_the_mailbox_shows_the_newest_first(demo: Flask) -> None:
    for number in range(2):
        enqueue(demo, f"let_{number}", replace(EMAIL, to=f"p{number}@example.org"))
        PostOffice().collect(demo)
    found = mailbox.read_mailbox_emails(sending.mailbox_folder_path(settings_of_app(demo)))
    assert [it.to for it in found] == ["p1@example.org", "p0@example.org"]
    assert found[0].sent_at - the_clock.now() < timedelta(seconds=1)


def test_a_mail_server_ends_the_mailbox_of_a_demo(demo: Flask) -> None:
    assert not replace(
        settings_of_app(demo), mail_server=MailServer("mail.example", 25)
    ).has_mailbox
