"""Starting a pilot group and finishing it with a report; both are audited."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses.queries import find_course_row
from cpd.credit.pilots import queries
from cpd.credit.pilots.models import Pilot, PilotReportRow
from cpd.credit.provider_courses import find_newest_revision_of_course
from cpd.credit.rules.claims import PilotReport
from cpd.credit.rules.pilots import PilotFault, find_report_fault, list_measured_minutes
from cpd.kernel import clock
from cpd.provider.models import ProviderProfile


def start_pilot(session: Session, slug: str, *, actor: Actor, now: datetime) -> Pilot | PilotFault:
    """Start a pilot group for the newest version of a course, or return why not.

    Two at once wait for each other, so that a version has one group at a time.
    """
    session.execute(sa.select(ProviderProfile.id).with_for_update())
    row = find_course_row(session, slug)
    revision = find_newest_revision_of_course(session, row.id) if row else None
    if revision is None:
        return PilotFault.NO_COURSE
    if queries.find_open_pilot(session, revision.id) is not None:
        return PilotFault.UNDER_WAY
    pilot = Pilot(course_revision_id=revision.id, started_by=actor.subject, started_at=now)
    session.add(pilot)
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "credit:pilot:start",
        now=now,
        to=pilot.public_id,
        revision=revision.public_id,
    )
    return pilot


def finish_pilot(
    session: Session, pilot: Pilot, *, actor: Actor, now: datetime
) -> PilotReportRow | PilotFault:
    """Keep what a pilot group needed as its report, or return why not."""
    session.execute(sa.select(ProviderProfile.id).with_for_update())
    session.refresh(pilot, ["report"])
    learners = queries.find_pilot_learners(session, pilot)
    fault = find_report_fault(learners, is_finished=pilot.report is not None)
    if fault is not None:
        return fault
    reported_at = clock.keep_in_order(now, pilot.started_at)
    report = PilotReport(
        content_hash=pilot.course_revision.content_hash,
        reported_on=reported_at.date(),
        minutes_by_learner=list_measured_minutes(learners),
    )
    row = PilotReportRow(
        pilot_id=pilot.id,
        content=report.to_json(),
        begun=len(learners),
        reported_by=actor.subject,
        reported_at=reported_at,
    )
    session.add(row)
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "credit:pilot:finish",
        now=reported_at,
        to=pilot.public_id,
        learners=len(report.minutes_by_learner),
    )
    return row
