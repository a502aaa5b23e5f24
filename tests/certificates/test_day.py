"""The day of a certificate is the learner's own: asked before the exam, and never guessed."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.accounts.rules.zones import UTC as CHOSEN_UTC
from cpd.certificates.models import Certificate
from cpd.db import db, unit_of_work
from tests.factories import accounts
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, ZOE, Person
from tests.support.visitor import Answer, Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EXAM = f"/courses/{SLUG}/exam"
EVENING = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
"""The 29th at 19:30 in Chicago."""


def start(visitor: Visitor) -> Answer:
    """Press the button on the exam's page."""
    visitor.get(EXAM)
    return visitor.submit()


def hand_in(app: Flask, visitor: Visitor, named: Person) -> str:
    """Answer everything rightly, hand in, and return what the certificate's page says."""
    assert visitor.answer is not None
    attempt = visitor.answer.location.split("/")[2]
    Learner(app, named).answer_all(attempt)
    visitor.get(f"/attempts/{attempt}/submission")
    visitor.submit({"name": named.full_name, "is_mine": "y"})
    return certificate(app, visitor)


def certificate(app: Flask, visitor: Visitor) -> str:
    with app.app_context():
        (public_id,) = db.session.scalars(sa.select(Certificate.public_id))
    return visitor.get(f"/certificates/{public_id}").text


def zone_or_utc(app: Flask, named: Person) -> str:
    with app.app_context():
        return accounts.row_of(named).time_zone


def let_zone_be(app: Flask, named: Person, zone: str) -> None:
    with app.app_context(), unit_of_work():
        accounts.row_of(named).time_zone = zone


def test_who_passes_in_the_evening_in_chicago_holds_a_certificate_of_that_day(
    app: Flask, zoe: Visitor, clock: MovedClock
) -> None:
    Learner(app, ZOE).study()
    clock.set(EVENING)
    accounts.let_in(zoe, ZOE)
    asked = start(zoe).location
    assert asked.startswith("/profile/printed?next=")
    page = zoe.follow().page
    assert "Which time zone are you in? The date on your certificate follows it." in page.text
    (form,) = [form for form in page.forms if "time_zone" in form.names]
    assert form.value("time_zone") == "", "nothing is guessed"
    assert "Chicago (Central Time)" in page.text
    unsaid = zoe.submit({"legal_name": "Zoë Marsh", "without": "y"}, status=422)
    assert "Choose your time zone." in unsaid.text
    zoe.submit({"time_zone": "America/Chicago"})
    start(zoe)
    said = hand_in(app, zoe, ZOE)
    assert "29 November 2026 (America/Chicago)" in said
    assert "29 Nov 2026, 19:30 (Chicago)" in zoe.get("/record").text
    assert "Passed on 29 November 2026 (Chicago)" in zoe.get(f"/courses/{SLUG}").text

    let_zone_be(app, ZOE, "Asia/Tokyo")
    assert "29 November 2026 (America/Chicago)" in certificate(app, zoe), "what is issued stays"


@on_sqlite
@pytest.mark.parametrize("chosen", [CHOSEN_UTC, "Europe/Paris"])
def test_who_was_never_asked_is_asked_once_and_keeps_utc_until_then(
    app: Flask, maya: Visitor, chosen: str
) -> None:
    """Accounts of before all hold plain UTC, chosen or not."""
    Learner(app, MAYA).study()
    let_zone_be(app, MAYA, "UTC")
    assert "23 Nov 2026, 10:00 (UTC)" in maya.get("/profile/sessions").text
    assert "Times are in UTC until you choose your time zone." in maya.page.text
    start(maya)
    page = maya.follow().page
    (form,) = [form for form in page.forms if "time_zone" in form.names]
    assert form.value("time_zone") == ""
    assert (form.value("legal_name"), form.value("without")) == (MAYA.full_name, "y")
    maya.submit(status=422)
    assert zone_or_utc(app, MAYA) == "UTC"
    maya.submit({"time_zone": chosen})
    assert zone_or_utc(app, MAYA) == chosen
    assert start(maya).location.startswith("/attempts/")
    assert "until you choose your time zone" not in maya.get("/profile/sessions").text


@on_sqlite
def test_an_open_attempt_of_before_goes_on_without_being_asked(app: Flask, maya: Visitor) -> None:
    attempt = Learner(app, MAYA).study().start()
    let_zone_be(app, MAYA, "UTC")
    maya.get(EXAM)
    assert maya.post(f"{EXAM}/attempts").location == f"/attempts/{attempt}/cases/1"
    text = maya.get(f"/attempts/{attempt}/submission").text
    assert "date is in UTC until you choose your time zone. Choose it" in text
    maya.get("/profile?next=/attempts/x/submission")
    maya.submit({"time_zone": "America/Chicago"}, action="/profile")
    shown = maya.get(f"/attempts/{attempt}/submission").text
    assert "The certificate’s date follows your time zone, Chicago. Change it" in shown
    let_zone_be(app, MAYA, "UTC")
    maya.post(f"{EXAM}/attempts")
    assert "23 November 2026 (UTC)" in hand_in(app, maya, MAYA)


@on_sqlite
def test_a_profile_is_saved_without_a_zone_while_none_is_told(app: Flask, zoe: Visitor) -> None:
    zoe.get("/profile")
    zoe.submit({"name": "Zoë"}, action="/profile")
    assert zone_or_utc(app, ZOE) == ""
    assert "Hello, Zoë." in zoe.get("/").text, "the time of day is not guessed either"
    let_zone_be(app, ZOE, "UTC")
    zoe.get("/profile")
    zoe.submit({"name": "Zoe"}, action="/profile")
    assert zone_or_utc(app, ZOE) == "UTC"


@on_sqlite
def test_when_one_may_try_again_is_said_with_the_zone(
    app: Flask, maya: Visitor, clock: MovedClock
) -> None:
    let_zone_be(app, MAYA, "America/Chicago")
    learner = Learner(app, MAYA).study()
    for _ in range(2):
        attempt = learner.start()
        learner.hand_in(attempt)
        clock.advance(minutes=1)
    opens = (clock.now() - timedelta(minutes=1, hours=-12)).strftime("%H:%M")
    assert opens == "22:01"
    for place in (EXAM, f"/courses/{SLUG}", "/record", f"/attempts/{attempt}/result"):
        assert "23 Nov 2026, 16:01 (Chicago)" in maya.get(place).text, place
