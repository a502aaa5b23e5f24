"""Policies, résumés, and people of an authority who may read the small course."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM
from cpd.applications.policies import actions as policies
from cpd.applications.readers import actions as readers
from cpd.applications.readers.actions import NewReader
from cpd.applications.readers.models import CourseReader
from cpd.applications.resumes import actions as resumes
from cpd.courses.models import Revision
from cpd.courses.queries import find_newest_course_revision
from cpd.courses.rules.fronts.course import CourseFront
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories.courses import SLUG
from tests.factories.credit import LETTER
from tests.support.people import Person

READER = Person("vera", "Vera Lund", "reviews for an authority")
EMPTY_FORM = {"authority": "", "name": "", "email": "", "last_day": ""}
NO_POLICIES = dict.fromkeys(
    ("registration", "deadlines", "fees", "cancellation", "refund", "copyright"), ""
)


def store_papers(session: Session, author: str, *, now: datetime) -> None:
    """Write a policy, and put the résumé of an author on file."""
    policies.change_policies(session, {"fees": "There are no fees."}, actor=SYSTEM, now=now)
    resumes.store_resume(session, author, LETTER, actor=SYSTEM, now=now)


def open_reading(
    session: Session, revision: Revision, email: str, *, now: datetime, days: int = 30
) -> CourseReader:
    """Let somebody read a version of a course."""
    new = NewReader(
        name=READER.full_name,
        email=email,
        authority="florida",
        course_revision_id=revision.id,
        until_at=now + timedelta(days=days),
    )
    opened = readers.open_reading(session, new, actor=SYSTEM, now=now)
    assert isinstance(opened, tuple), opened
    return opened[0]


def let_read(app: Flask, named: Person = READER) -> str:
    """Let somebody read the newest version of the small course, and return the public id."""
    with app.app_context():
        revision = find_newest_course_revision(db.session(), None, SLUG)
        assert revision is not None
        with unit_of_work() as session:
            return open_reading(session, revision, named.email, now=clock.now()).public_id


def put_resume_on_file(app: Flask) -> None:
    """Put the résumé of the first author of the small course on file."""
    with app.app_context():
        revision = find_newest_course_revision(db.session(), None, SLUG)
        assert revision is not None
        author = CourseFront.from_json(revision.front).authors[0].name
        with unit_of_work() as session:
            resumes.store_resume(session, author, LETTER, actor=SYSTEM, now=clock.now())
