"""A version that expires: its learners are told before, and then nobody starts it or its exam."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.certificates.models import Certificate
from cpd.courses.enrolment.actions import VersionExpiredError
from cpd.courses.expiry import emails
from cpd.db import db, unit_of_work
from cpd.kernel import clock as clocks
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA, MAYA, ZOE
from tests.support.post import PostOffice
from tests.support.visitor import Visitor

COURSE, EXAM = f"/courses/{SLUG}", f"/courses/{SLUG}/exam"
EXPIRES = ("review_by: 2027-01-15\nexpires: 2028-01-15", "review_by: 2026-12-10\nexpires: {}")
AFTER = datetime(2026, 12, 11, 12, 0, tzinfo=UTC)
DATED = "expires on 10 December 2026"
OVER = "expired on 10 December 2026"


def publish(app: Flask, folder: Path, expires: str) -> None:
    old, new = EXPIRES
    courses.publish(app, courses.altered(folder, {"course.md": (old, new.format(expires))}))


def test_an_expired_version_starts_nothing_and_its_certificates_stay(
    app: Flask, clock: MovedClock, tmp_path: Path
) -> None:
    publish(app, tmp_path / "1", "2026-12-10")
    maya, zoe = Learner(app, MAYA).study(), Learner(app, ZOE).study()
    attempt = maya.start()
    zoe.state_certificate_details()
    visitor = accounts.let_in(Visitor(app, "zoe"), ZOE)
    assert DATED in visitor.get(COURSE).text
    assert DATED in visitor.get(EXAM).text
    clock.set(AFTER)
    maya.answer_all(attempt)
    maya.hand_in(attempt)  # what is open can be finished
    with app.app_context():
        code = db.session.scalars(sa.select(Certificate.code)).one()
    visitor = accounts.let_in(Visitor(app, "zoe"), ZOE)
    assert "Valid" in visitor.get(f"/verify/{code}").text
    assert OVER in visitor.get(EXAM).text
    assert visitor.post(f"{EXAM}/attempts").location == EXAM
    other = accounts.let_in(Visitor(app, "ada"), ADA)
    assert OVER in other.get(COURSE).text
    assert "Start this course" not in other.page.text
    with pytest.raises(VersionExpiredError):
        courses.enrol(app, ADA)
    publish(app, tmp_path / "2", "2028-01-15")
    assert OVER in visitor.get(COURSE).text
    visitor.submit({}, action="/newest-version")
    assert OVER not in visitor.get(EXAM).text
    assert visitor.post(f"{EXAM}/attempts").location.startswith("/attempts/")


def test_its_learners_get_one_email_before(
    app: Flask, clock: MovedClock, post: PostOffice, tmp_path: Path
) -> None:
    publish(app, tmp_path, "2026-12-10")
    courses.enrol(app, MAYA)
    with app.app_context(), unit_of_work() as session:
        emails.enqueue_next_sweep(session, clocks.now())
    assert post.collect(app) == []
    clock.advance(days=1)
    told = post.collect_one(app)
    assert told.to == [MAYA.email]
    assert DATED in told.subject
    assert COURSE in told.text
    clock.advance(days=1)
    assert post.collect(app) == []
