"""What stands against credit for each license of somebody who takes, or took, a course.

All licenses are checked with the same reads, however many authorities they concern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from cpd.content.readability import build_reading_time
from cpd.courses.models import Revision
from cpd.courses.rules.outline import Outline
from cpd.credit import hooks
from cpd.credit.approvals.models import Approval
from cpd.credit.cycles.models import OutsideActivity
from cpd.credit.cycles.queries import OwnLicense, build_counted_activities, find_claimed_activities
from cpd.credit.rules.activities import Activity, Manner
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import FieldName
from cpd.credit.rules.counting import (
    IssuedCredit,
    OwnedLicense,
    Verdict,
    decide_whether_course_counts,
)
from cpd.credit.rules.issue_checks import VersionToCheck, find_course_refusals
from cpd.provider.current import current_provider


@dataclass(frozen=True)
class CourseTaken:
    """A version of a course as somebody takes it, or passed it."""

    version: VersionToCheck
    activity: Activity
    enrolment_id: int | None
    is_passed: bool
    is_pilot: bool = False

    @property
    def day(self) -> date:
        """The day that decides: that of the pass, or today."""
        return self.activity.completed_on


@dataclass(frozen=True)
class LicenseCheck:
    """One license whose authority is known, and what stands against a course for it."""

    own: OwnLicense
    authority: Authority
    verdict: Verdict
    approval: Approval | None
    """That of the course on the day."""
    provider_approval: Approval | None
    """That of the provider on the day."""
    amount: Decimal | None
    """What may be claimed: as approved, or else as computed."""


def build_course_activity(revision: Revision, outline: Outline, *, day: date) -> Activity:
    """Return a version of a course of this site as an activity of somebody's cycle."""
    return Activity(
        id=revision.public_id,
        title=outline.course.front.title_on_certificate or revision.stored_title,
        organizer=current_provider().name,
        completed_on=day,
        minutes=build_reading_time(outline.required_word_count).minutes,
        manner=Manner.SELF_PACED_ONLINE,
        course_id=revision.document.course_id,
    )


def find_lacking_fields(outline: Outline) -> frozenset[FieldName]:
    """Return what certificates of a course could not show, because nobody has entered it."""
    provider = current_provider()
    entered: dict[FieldName, bool] = {
        "provider-contact": bool(provider.contact),
        "provider-signature": bool(provider.signatories),
        "subjects": bool(outline.course.front.subjects),
    }
    return frozenset(field for field, is_entered in entered.items() if not is_entered)


def check_licenses(
    session: Session,
    subject: str,
    licenses: Sequence[OwnLicense],
    taken: CourseTaken,
    approvals: Sequence[Approval],
) -> list[LicenseCheck]:
    """Return what stands against a course for each license whose authority is known.

    `approvals` are those of the provider and of the course that are on file.
    """
    chosen = [(own, own.authority) for own in licenses if own.authority is not None]
    if not chosen:
        return []
    activities = find_claimed_activities(session, chosen[0][0].license.person_id)
    issued = [
        one
        for one in hooks.issued_credit(session, subject)
        if one.enrolment_id != taken.enrolment_id
    ]
    return [
        _check_license(own, authority, taken, approvals, activities, issued)
        for own, authority in chosen
    ]


def _check_license(
    own: OwnLicense,
    authority: Authority,
    taken: CourseTaken,
    approvals: Sequence[Approval],
    activities: Sequence[OutsideActivity],
    issued: Sequence[IssuedCredit],
) -> LicenseCheck:
    day, version = taken.day, taken.version
    against = find_course_refusals(
        authority,
        version,
        [one.to_rule() for one in approvals],
        day,
        is_passed=taken.is_passed,
        is_pilot=taken.is_pilot,
    )
    present = [
        it for it in approvals if it.authority == authority.slug and it.to_rule().holds_on(day)
    ]
    of_course = next((it for it in present if it.course_id is not None), None)
    credited = [one for one in issued if one.authority == authority.slug]
    cycle = own.cycle
    verdict = decide_whether_course_counts(
        authority,
        OwnedLicense(
            own.license.number,
            cycle.issued_on if cycle else None,
            cycle.expires_on if cycle else None,
        ),
        build_counted_activities(own, activities, issued),
        taken.activity,
        against=against,
        approved=of_course.amount if of_course else None,
        earlier=[
            one.activity.completed_on
            for one in credited
            if one.activity.course_id == version.course_id
        ],
    )
    line = version.worksheet.find_line(authority.slug)
    return LicenseCheck(
        own=own,
        authority=authority,
        verdict=verdict,
        approval=of_course,
        provider_approval=next((it for it in present if it.course_id is None), None),
        amount=of_course.amount if of_course else line.amount if line else None,
    )
