"""A version that may be unsafe: one person pauses it at once, two people withdraw it."""

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.authoring.publish import queries as published
from cpd.authoring.sources.parsing import parse_ledger_or_none
from cpd.certificates.models import Certificate
from cpd.courses.enrolment.actions import VersionStoppedError
from cpd.courses.models import Enrolment
from cpd.courses.rules.ledger import Series
from cpd.db import db
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.rules.attempts import AttemptState
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.people import INES, MAYA, RAVI, ZOE
from tests.support.post import PostOffice
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
VERSIONS = f"/authoring/courses/{SLUG}/versions"
COURSE, EXAM = f"/courses/{SLUG}", f"/courses/{SLUG}/exam"
WRONG = "The heat card names the wrong sign: “go on”."


def stop(visitor: Visitor, act: str, *, reason: str = WRONG, status: int = 303) -> str:
    """Send one of the forms for the newest version."""
    page = visitor.get(VERSIONS).html
    found = re.search(r'name="version" value="(rev_\w+)"', page)
    assert found, "no form offers to stop a version"
    sent = {"version": found[1], "reason": reason}
    return visitor.post(f"{VERSIONS}/{act}", sent, status=status).text


def answer(visitor: Visitor, act: str, *, status: int = 303) -> None:
    """Confirm or refuse what somebody else asked for, even where the page does not offer it."""
    visitor.get(VERSIONS)
    with visitor.app.app_context():
        asked = db.session.scalar(sa.text("SELECT public_id FROM dual_control_requests"))
    visitor.post(f"{VERSIONS}/withdrawal/{act}", {"asked": asked}, status=status)


def count_certificates(app: Flask) -> int:
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(Certificate)) or 0


def state_of(app: Flask, attempt: str) -> AttemptState:
    with app.app_context():
        return db.session.scalars(
            sa.select(Attempt.state).where(Attempt.public_id == attempt)
        ).one()


def test_a_paused_version_starts_nothing_and_certifies_nothing_until_it_goes_on(
    app: Flask, ada: Visitor, ravi: Visitor, maya: Visitor, zoe: Visitor
) -> None:
    maya_studies = Learner(app, MAYA).study()
    attempt = maya_studies.start()
    maya_studies.answer_all(attempt)
    assert "Start this course" in zoe.get(COURSE).text
    stop(ravi, "pause")
    assert WRONG in zoe.get(COURSE).text
    assert "Start this course" not in zoe.page.text
    with pytest.raises(VersionStoppedError):
        courses.enrol(app, ZOE)
    assert WRONG in maya.get(f"{COURSE}/sections/noticing").text
    maya_studies.hand_in(attempt)  # what is open can be finished
    assert state_of(app, attempt) is AttemptState.GRADED
    assert count_certificates(app) == 0
    assert "your certificate is on hold" in maya.get(f"/attempts/{attempt}/result").text
    assert "second person" in stop(ravi, "resumption", status=409)
    stop(ada, "resumption", reason="The card was right.")
    assert count_certificates(app) == 1
    assert "Start this course" in zoe.get(COURSE).text
    courses.enrol(app, ZOE)


@on_sqlite
def test_who_has_the_exam_of_a_paused_version_open_or_passed_gets_no_certificate_of_another(
    app: Flask, ada: Visitor, ravi: Visitor, maya: Visitor, tmp_path: Path
) -> None:
    studies = Learner(app, MAYA).study()
    attempt = studies.start()
    studies.answer_all(attempt)
    stop(ravi, "pause")
    change = {"cases/leo-as-usual.md": ("title: Leo", "title: Leon")}
    courses.publish(app, courses.altered(tmp_path, change))
    maya.get(COURSE)
    maya.submit({}, action="/newest-version", status=303)
    assert "exam is open or passed" in maya.follow().text
    studies.hand_in(attempt)
    assert state_of(app, attempt) is AttemptState.GRADED
    assert count_certificates(app) == 0
    maya.get(COURSE)
    maya.submit({}, action="/newest-version", status=303)
    assert count_certificates(app) == 0


@on_sqlite
def test_an_exam_of_a_paused_version_does_not_start(
    app: Flask, ada: Visitor, ines: Visitor, maya: Visitor
) -> None:
    studies = Learner(app, MAYA).study()
    studies.state_certificate_details()
    stop(ada, "pause")
    assert WRONG in maya.get(EXAM).text
    assert maya.post(f"{EXAM}/attempts").location == EXAM
    stop(ines, "resumption")
    maya.get(EXAM)
    assert maya.post(f"{EXAM}/attempts").location.startswith("/attempts/")


def test_two_people_withdraw_a_version_and_its_learners_go_on_with_another(
    app: Flask, ada: Visitor, ravi: Visitor, maya: Visitor, post: PostOffice, tmp_path: Path
) -> None:
    studies = Learner(app, MAYA).study()
    attempt = studies.start()
    stop(ada, "withdrawal")
    assert "does not start" not in maya.get(EXAM).text
    answer(ada, "confirmation", status=409)
    assert state_of(app, attempt) is AttemptState.OPEN
    answer(ravi, "confirmation")
    assert state_of(app, attempt) is AttemptState.VOID
    assert WRONG in post.collect_one(app).text
    assert "Withdrawn" in ravi.get(VERSIONS).text
    assert WRONG in maya.get(EXAM).text
    assert maya.post(f"{EXAM}/attempts").location == EXAM
    maya.get(COURSE)
    maya.post(f"{COURSE}/newest-version")  # there is none yet
    with app.app_context():
        before = db.session.scalars(sa.select(Enrolment.course_revision_id)).one()
    change = {"cases/leo-as-usual.md": ("title: Leo", "title: Leon")}
    courses.publish(app, courses.altered(tmp_path, change))
    maya.get(COURSE)
    maya.submit({}, action="/newest-version")
    with app.app_context():
        assert db.session.scalars(sa.select(Enrolment.course_revision_id)).one() != before
    maya.get(EXAM)
    assert maya.post(f"{EXAM}/attempts").location.startswith("/attempts/")
    with app.app_context():
        numbers = db.session.scalars(sa.select(Attempt.number).order_by(Attempt.id)).all()
        entries = published.find_ledger_entries(db.session(), SLUG, Series.HERE)
        text = published.build_ledger_text(entries)
        parsed = parse_ledger_or_none(text)
    assert numbers == [1, 2]
    assert parsed is not None
    assert [(one.type, one.by) for one in parsed.entries] == [
        ("pause", "Ada Lindqvist"),
        ("withdrawal", "Ada Lindqvist and Ravi Menon"),
    ]


@on_sqlite
def test_a_refused_withdrawal_leaves_the_pause(app: Flask, ada: Visitor, ravi: Visitor) -> None:
    stop(ada, "withdrawal")
    answer(ravi, "refusal")
    assert "Paused on" in ada.get(VERSIONS).text
    answer(ravi, "confirmation", status=409)
    assert "already" in stop(ada, "pause", status=409) or "changed the state" in ada.page.text
    stop(ada, "withdrawal", reason="", status=422)


@on_sqlite
def test_whoever_may_confirm_a_withdrawal_is_told_by_email_and_at_home(
    app: Flask, ada: Visitor, ravi: Visitor, maya: Visitor, post: PostOffice
) -> None:
    stop(ada, "withdrawal")
    told = post.collect(app)
    assert sorted(to for mail in told for to in mail.to) == [INES.email, RAVI.email]
    assert all(WRONG in mail.text and VERSIONS in mail.text for mail in told)
    assert WRONG in ravi.get("/").text
    assert "needs your confirmation" in ravi.page.text
    assert "needs your confirmation" not in ada.get("/").text
    assert "needs your confirmation" not in maya.get("/").text
    answer(ravi, "refusal")
    assert "needs your confirmation" not in ravi.get("/").text


@on_sqlite
def test_nobody_is_asked_to_confirm_what_was_answered_already(
    app: Flask, ada: Visitor, ravi: Visitor, post: PostOffice
) -> None:
    stop(ada, "withdrawal")
    answer(ravi, "refusal")
    assert post.collect(app) == []


def test_a_withdrawal_in_a_ledger_voids_open_tries_and_tells_learners_once(
    app: Flask, maya: Visitor, post: PostOffice, tmp_path: Path
) -> None:
    studies = Learner(app, MAYA).study()
    attempt = studies.start()
    with app.app_context():
        newest = published.find_newest_course_revision(db.session(), SLUG)
        assert newest
        hash_ = newest.content_hash
    entry = (
        f"- on: 2026-01-12\n  by: The publisher\n  type: withdrawal\n  of: course:{SLUG}\n"
        f"  hash: {hash_}\n  note: {json.dumps(WRONG)}\n"
    )
    last = "  of: reference:heat-board\n  status: unchecked\n"
    other = f"{entry}{entry.replace(hash_, '0' * 64)}{entry}"
    changes = {
        "ledger.yaml": (last, f"{last}{other}"),
        "cases/leo-as-usual.md": ("title: Leo", "title: Leon"),
    }
    courses.publish(app, courses.altered(tmp_path, changes))
    assert state_of(app, attempt) is AttemptState.VOID
    assert WRONG in post.collect_one(app).text
    maya.get(COURSE)
    maya.submit({}, action="/newest-version")
    maya.get(EXAM)
    assert maya.post(f"{EXAM}/attempts").location.startswith("/attempts/")
