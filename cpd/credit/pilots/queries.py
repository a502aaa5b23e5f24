"""Reads of pilot groups, for administrators, and of their learners without names."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from cpd.access.permissions import Actor, Permission
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.courses.outlines import load_outline
from cpd.courses.reading.queries import find_active_minutes, find_section_finish_times
from cpd.credit.pilots.models import Pilot, PilotReportRow
from cpd.credit.rules.claims import PilotReport
from cpd.credit.rules.pilots import PilotLearner
from cpd.db import Page, find_page

PAGE = 30
MOST_REPORTS = 200
"""The most reports that a form offers."""


def find_pilots(session: Session, actor: Actor, *, page: int) -> Page[Pilot] | None:
    """Return one page of the pilot groups, the newest first."""
    newest_first = _select_visible_pilots(actor).order_by(Pilot.id.desc())
    return find_page(session, newest_first, number=page, size=PAGE)


def find_pilot(session: Session, actor: Actor, public_id: str) -> Pilot | None:
    """Return a pilot group with its report, to people who may see it."""
    return session.scalar(_select_visible_pilots(actor).where(Pilot.public_id == public_id))


def _select_visible_pilots(actor: Actor) -> sa.Select[Pilot]:
    found = _select_pilots()
    return found if actor.may(Permission.APPROVAL_MANAGE) else found.where(sa.false())


def find_pilot_to_join(session: Session, public_id: str) -> Pilot | None:
    """Return a pilot group to whoever was given its link."""
    return session.scalar(_select_pilots().where(Pilot.public_id == public_id))


def _select_pilots() -> sa.Select[Pilot]:
    return sa.select(Pilot).options(joinedload(Pilot.course_revision), joinedload(Pilot.report))


def find_open_pilot(session: Session, revision_id: int) -> Pilot | None:
    """Return the pilot group of a version that is not finished."""
    is_reported = sa.exists().where(PilotReportRow.pilot_id == Pilot.id)
    of_version = _select_pilots().where(Pilot.course_revision_id == revision_id, ~is_reported)
    return session.scalars(of_version.limit(1)).first()


def find_reported_pilots(session: Session, actor: Actor) -> Sequence[Pilot]:
    """Return the pilot groups that have a report, the newest first."""
    reported = _select_visible_pilots(actor).join(
        PilotReportRow, PilotReportRow.pilot_id == Pilot.id
    )
    return session.scalars(reported.order_by(Pilot.id.desc()).limit(MOST_REPORTS)).all()


def find_newest_reported_pilot(session: Session, revision_id: int) -> Pilot | None:
    """Return the newest pilot group of a version that has a report."""
    reported = (
        _select_pilots()
        .join(PilotReportRow, PilotReportRow.pilot_id == Pilot.id)
        .where(Pilot.course_revision_id == revision_id)
    )
    return session.scalars(reported.order_by(Pilot.id.desc()).limit(1)).first()


def find_report(session: Session, public_id: str) -> PilotReport | None:
    """Return the report of a pilot group, if it has one."""
    pilot = find_pilot_to_join(session, public_id)
    return pilot.report.to_rule() if pilot and pilot.report else None


def find_pilot_learners(session: Session, pilot: Pilot) -> Sequence[PilotLearner]:
    """Return what is measured of each learner who takes exactly the version of a pilot group."""
    enrolments = session.scalars(
        sa.select(Enrolment).where(
            Enrolment.context == pilot.public_id,
            Enrolment.course_revision_id == pilot.course_revision_id,
            Enrolment.state != EnrolmentState.ENDED,
        )
    ).all()
    outline = load_outline(session, pilot.course_revision)
    required = {section.slug for section in outline.required_sections}
    minutes = find_active_minutes(session, enrolments)
    finished = find_section_finish_times(session, dict.fromkeys(enrolments, outline))
    return [
        PilotLearner(
            minutes=sum(minutes[one.id].values()),
            has_finished=required.issubset(finished[one.id]),
        )
        for one in enrolments
    ]
