"""Pilot groups: by the real actions, or as the rows of one that is finished."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM
from cpd.courses.enrolment import actions as enrolling
from cpd.courses.models import Enrolment, Revision
from cpd.courses.outlines import load_outline
from cpd.courses.queries import find_newest_course_revision
from cpd.courses.reading import actions as reading
from cpd.courses.rules.disclosure import DisclosureLine
from cpd.credit.pilots import actions
from cpd.credit.pilots.models import Pilot, PilotReportRow
from cpd.credit.rules.claims import PilotReport
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories.courses import SLUG, actor_of
from tests.support.people import Person

PILOTED = "pil_piloted"
"""The pilot group of a report that is written as a row."""


def start(app: Flask, slug: str = SLUG) -> str:
    """Start a pilot group; returns its public id."""
    with app.app_context(), unit_of_work() as session:
        made = actions.start_pilot(session, slug, actor=SYSTEM, now=clock.now())
        assert isinstance(made, Pilot), made
        return made.public_id


def take(
    app: Flask, person: Person, pilot: str, minutes: int, *, finishes: bool = True, slug: str = SLUG
) -> Enrolment:
    """Let somebody take a course in a pilot group, and be active for some minutes."""
    with app.app_context(), unit_of_work() as session:
        actor, now = actor_of(person), clock.now()
        told = (DisclosureLine("Pilot group", "No credit."),)
        enrolment = enrolling.enrol(
            session, slug, actor=actor, now=now, disclosure=told, context=pilot
        )
        outline = load_outline(session, enrolment.course_revision)
        first, *_ = outline.required_sections
        for minute in range(1, minutes + 1):
            at = now + timedelta(minutes=minute)
            reading.count_active_minute(
                session, enrolment, first.document_id, idle=timedelta(0), now=at
            )
        for section in outline.required_sections if finishes else ():
            text = session.get_one(Revision, section.revision_id)
            reading.finish_section(session, enrolment, text, now=now + timedelta(minutes=minutes))
        return enrolment


def finish(app: Flask, public_id: str) -> None:
    """Finish a pilot group."""
    with app.app_context(), unit_of_work() as session:
        pilot = session.scalars(select(Pilot).where(Pilot.public_id == public_id)).one()
        made = actions.finish_pilot(session, pilot, actor=SYSTEM, now=clock.now())
        assert isinstance(made, PilotReportRow), made


def add_report(session: Session, revision: Revision, *minutes: int) -> str:
    """Write a finished pilot group of a version, without its learners; returns its public id."""
    now = clock.now()
    pilot = Pilot(
        public_id=PILOTED,
        course_revision_id=revision.id,
        started_by=SYSTEM.subject,
        started_at=now,
    )
    session.add(pilot)
    session.flush()
    report = PilotReport(revision.content_hash, now.date(), minutes)
    session.add(
        PilotReportRow(
            pilot_id=pilot.id,
            content=report.to_json(),
            begun=len(minutes),
            reported_by=SYSTEM.subject,
            reported_at=now,
        )
    )
    session.flush()
    return PILOTED


def report(app: Flask, *minutes: int, slug: str = SLUG) -> str:
    """Write a finished pilot group of the newest version of a course."""
    with app.app_context(), unit_of_work() as session:
        revision = find_newest_course_revision(session, None, slug)
        assert revision is not None
        return add_report(session, revision, *minutes)


def find_or_start(app: Flask) -> str:
    """Return a pilot group that is not finished, which is started once."""
    with app.app_context():
        found = db.session.scalars(select(Pilot.public_id).order_by(Pilot.id)).first()
    return found or start(app)
