"""What is on file for the newest version of a course, and what is missing before credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from cpd.courses.credit import count_reviews_here
from cpd.courses.models import PROVIDER, CourseRow, Revision
from cpd.courses.queries import Course, find_newest_course_version, select_newest_revisions
from cpd.courses.rules.reviewing import ReviewCount
from cpd.credit.approvals.queries import find_approvals_on_file
from cpd.credit.authority_loading import load_authorities
from cpd.credit.credit_answers import build_version_to_check
from cpd.credit.pilots.models import Pilot
from cpd.credit.pilots.queries import find_newest_reported_pilot
from cpd.credit.rules.approvals import ApprovalOnFile
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import FieldName
from cpd.credit.rules.claims import PilotReport, compute_pilot_amount
from cpd.credit.rules.issue_checks import (
    Answer,
    Refusal,
    VersionToCheck,
    find_answer,
    find_course_refusals,
    find_wanted_fields,
)
from cpd.credit.rules.worksheets import AuthorityLine
from cpd.db import Page, find_page

PAGE = 30


@dataclass(frozen=True)
class Readiness:
    """What is missing for one authority, by the same rules as a certificate is issued."""

    authority: Authority
    refusals: tuple[Refusal, ...]
    lacking: frozenset[FieldName]
    """What their certificates must show, and the provider has not entered."""
    approval: ApprovalOnFile | None
    line: AuthorityLine | None
    piloted: Decimal | None
    """The most that a report about this version allows; None where there is none."""

    @property
    def answer(self) -> Answer:
        """Whether credit may be claimed."""
        return find_answer(self.refusals)


@dataclass(frozen=True)
class CourseBeforeCredit:
    """The newest version of a course, and what is missing for each authority."""

    course: Course
    signer: str
    """Which clinician signed this version; empty if none has."""
    reviews: ReviewCount
    pilot: Pilot | None
    """The newest one with a report about this version."""
    authorities: Sequence[Readiness]


def find_courses_before_credit(session: Session, *, page: int) -> Page[Revision] | None:
    """Return one page of the newest versions of the provider's courses, by title."""
    newest = select_newest_revisions().where(CourseRow.owner == PROVIDER)
    in_order = newest.order_by(Revision.stored_title, Revision.id)
    return find_page(session, in_order, number=page, size=PAGE)


def find_course_before_credit(
    session: Session, slug: str, *, today: date
) -> CourseBeforeCredit | None:
    """Return what is missing for a course of the provider; None where there is no such course."""
    course = find_newest_course_version(session, slug, None)
    if course is None:
        return None
    checked = build_version_to_check(course.in_view, today=today)
    on_file = find_approvals_on_file(session, checked.course_id)
    approvals = [one.to_rule() for one in on_file]
    pilot = find_newest_reported_pilot(session, course.revision.id)
    report = pilot.report.to_rule() if pilot and pilot.report else None
    return CourseBeforeCredit(
        course=course,
        signer=course.ledger.signer(f"course:{course.slug}", course.revision.content_hash),
        reviews=count_reviews_here(course),
        pilot=pilot,
        authorities=[
            _check_authority(authority, checked, approvals, report, today)
            for authority in load_authorities().values()
            if authority.file.counts != "reflection"
        ],
    )


def _check_authority(
    authority: Authority,
    version: VersionToCheck,
    approvals: Sequence[ApprovalOnFile],
    report: PilotReport | None,
    today: date,
) -> Readiness:
    line = version.worksheet.find_line(authority.slug)
    own = (
        one
        for one in approvals
        if one.authority == authority.slug
        and one.course_id == version.course_id
        and one.holds_on(today)
    )
    return Readiness(
        authority=authority,
        refusals=find_course_refusals(authority, version, approvals, today),
        lacking=version.lacking & find_wanted_fields(authority, today),
        approval=next(own, None),
        line=line,
        piloted=compute_pilot_amount(line, report) if report and line and line.length else None,
    )
