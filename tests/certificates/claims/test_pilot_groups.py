"""Nobody earns credit in a pilot group, whatever is approved."""

from flask import Flask
from sqlalchemy import select

from cpd.accounts.models import Person
from cpd.certificates.models import CreditDecision
from cpd.courses.models import Enrolment
from cpd.db import db, unit_of_work
from cpd.quizzes.attempts.models import Attempt
from tests.factories import passes, pilots


def test_no_pass_in_a_pilot_group_gives_credit(app: Flask, holder: Person) -> None:
    attempt_id = passes.prepare(app, holder)
    with app.app_context(), unit_of_work() as session:
        attempt = session.get_one(Attempt, attempt_id)
        session.get_one(Enrolment, attempt.enrolment_id).context = pilots.PILOTED
    made = passes.issue_all(app, attempt_id)
    assert list(made) == ["none"]
    with app.app_context():
        rows = db.session.scalars(select(CreditDecision)).all()
        assert [row.reasons for row in rows] == [["pilot"], ["pilot"]]
