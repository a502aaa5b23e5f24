"""What a reader is told before they start a course: for which of their licenses it would count."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.content.readability import build_reading_time
from cpd.courses.credit import is_reviewed_here
from cpd.courses.queries import Course, find_course
from cpd.credit.approvals.models import Approval
from cpd.credit.approvals.queries import find_approvals_on_file
from cpd.credit.cycles.queries import (
    OwnLicense,
    build_claimed_activities,
    find_own_activities,
    find_own_licenses,
)
from cpd.credit.rules.activities import Activity, Manner
from cpd.credit.rules.counting import LicenseDates, Verdict, decide_whether_course_counts
from cpd.kernel import clock
from cpd.provider.current import current_provider
from cpd.web.markup import render_markup


def render_course_note(session: Session, actor: Actor, slug: str) -> Markup:
    """Return for which of the actor's licenses a course would count; empty without a license."""
    licenses = find_own_licenses(session, actor)
    course = find_course(session, actor, slug) if licenses else None
    if course is None:
        return Markup("")
    today = clock.now().date()
    approvals = find_approvals_on_file(session, course.revision.document.course_id)
    activities = find_own_activities(session, actor)
    is_reviewed = is_reviewed_here(course)
    rows = []
    for own in licenses:
        approved = find_approved_amount(approvals, own, today) if is_reviewed else None
        done = build_claimed_activities(own, activities)
        rows.append((own, _decide(own, course, done, approved=approved, today=today)))
    return render_markup("credit/cycles/_course.html", rows=rows)


def find_approved_amount(
    approvals: Sequence[Approval], own: OwnLicense, today: date
) -> Decimal | None:
    """Return the amount that the license's authority has approved for the course, as of today."""
    for row in approvals:
        rule = row.to_rule()
        is_about_course = own.cycle is not None and rule.authority == own.cycle.authority
        if is_about_course and rule.amount is not None and rule.holds_on(today):
            return rule.amount
    return None


def _decide(
    own: OwnLicense,
    course: Course,
    done: Sequence[Activity],
    *,
    approved: Decimal | None,
    today: date,
) -> Verdict | None:
    """Return whether a course would count for a license; None until its authority is known."""
    if own.authority is None or own.cycle is None:
        return None
    taken = Activity(
        id=course.revision.public_id,
        title=course.revision.stored_title,
        organizer=current_provider().name,
        completed_on=today,
        minutes=build_reading_time(course.outline.required_word_count).minutes,
        manner=Manner.SELF_PACED_ONLINE,
    )
    return decide_whether_course_counts(
        own.authority,
        LicenseDates(own.cycle.issued_on, own.cycle.expires_on),
        done,
        taken,
        approved=approved,
        today=today,
    )
