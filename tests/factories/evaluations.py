"""Evaluations by people who need no account."""

from datetime import datetime

from flask import Flask

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment, Revision
from cpd.db import unit_of_work
from cpd.evaluations import actions
from cpd.kernel import clock
from tests.factories import courses
from tests.support.people import ADA


def give(
    app: Flask,
    subject: str,
    ratings: dict[str, int],
    comment: str = "",
    context: str = "self",
    *,
    at: datetime | None = None,
    version: Revision | None = None,
) -> None:
    """Let somebody take the course, or one version of it, and evaluate it."""
    with app.app_context():
        course = version or courses.course_of(ADA).revision
        with unit_of_work() as session:
            enrolment = Enrolment(
                subject=subject,
                course_id=course.document.course_id,
                context=context,
                course_revision_id=course.id,
            )
            session.add(enrolment)
            session.flush()
            actor = Actor(person_id=1, subject=subject)
            assert actions.save_evaluation(
                session, enrolment, ratings, comment, actor=actor, now=at or clock.now()
            )
