"""Whether a version of a course counts for each authority, read from what is on file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.courses.hooks import VersionInView
from cpd.courses.models import Enrolment
from cpd.courses.rules.reviewing import build_review_count
from cpd.credit.approvals.queries import find_approvals_on_file
from cpd.credit.authority_loading import load_authorities
from cpd.credit.course_worksheets import build_course_worksheet
from cpd.credit.cycles.queries import OwnLicense, find_own_licenses
from cpd.credit.license_checks import (
    CourseTaken,
    build_course_activity,
    check_licenses,
    find_lacking_fields,
)
from cpd.credit.rules.approvals import ApprovalOnFile
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.counting import Verdict
from cpd.credit.rules.issue_checks import (
    Answer,
    Refusal,
    VersionToCheck,
    find_answer,
    find_course_refusals,
)
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.web.formatting import load_time_zone


@dataclass(frozen=True)
class LicenseAnswer:
    """Whether a course counts for one license of its reader, and why not."""

    own: OwnLicense
    verdict: Verdict | None
    """None until its holder has said whose rules apply."""

    @property
    def counts(self) -> bool:
        """Whether nothing stands against it."""
        return self.verdict is not None and self.verdict.answer is Answer.COUNTS


@dataclass(frozen=True)
class CreditAnswer:
    """Whether a course counts for one authority, and why not."""

    authority: Authority
    refusals: tuple[Refusal, ...]
    approval: ApprovalOnFile | None
    """That of the course on the day."""
    version: VersionToCheck
    day: date
    """The day that decides: that of the pass, or today."""
    is_passed: bool

    @property
    def answer(self) -> Answer:
        """Whether it counts."""
        return find_answer(self.refusals)


def find_credit_answers(
    session: Session, version: VersionInView, *, now: datetime
) -> Sequence[CreditAnswer]:
    """Return the answer of each authority for the reader of a version.

    For someone who has passed, the day on which they passed decides; for everybody else, today.
    """
    zone = load_time_zone()
    passed_at = _find_time_of_pass(session, version.enrolment) if version.enrolment else None
    day = (passed_at or now).astimezone(zone).date()
    checked = build_version_to_check(version, today=now.date())
    on_file = find_approvals_on_file(session, checked.course_id)
    approvals = [approval.to_rule() for approval in on_file]
    return [
        CreditAnswer(
            authority,
            find_course_refusals(
                authority, checked, approvals, day, is_passed=passed_at is not None
            ),
            next((it for it in approvals if _is_for(it, authority, checked, day)), None),
            checked,
            day,
            is_passed=passed_at is not None,
        )
        for authority in load_authorities().values()
    ]


def _is_for(
    approval: ApprovalOnFile, authority: Authority, version: VersionToCheck, day: date
) -> bool:
    is_own = approval.authority == authority.slug and approval.course_id == version.course_id
    return is_own and approval.holds_on(day)


def build_version_to_check(version: VersionInView, *, today: date) -> VersionToCheck:
    """Return a version as the rules check it."""
    revision, outline, ledger = version.revision, version.outline, version.ledger
    signed = ledger.signer(f"course:{revision.document.slug}", revision.content_hash)
    reviews = build_review_count(outline.texts_to_review, ledger.signed_here)
    return VersionToCheck(
        course_id=revision.document.course_id,
        title=outline.course.front.title_on_certificate or revision.stored_title,
        is_reviewed=bool(signed) and reviews.is_complete,
        worksheet=build_course_worksheet(revision, outline, today=today),
        lacking=find_lacking_fields(outline),
    )


def _find_time_of_pass(session: Session, enrolment: Enrolment) -> datetime | None:
    """Return when the exam was first passed under an enrollment."""
    return session.scalar(
        sa.select(sa.func.min(Attempt.closed_at))
        .join(Result, Result.attempt_id == Attempt.id)
        .where(
            Attempt.enrolment_id == enrolment.id,
            Attempt.state == AttemptState.GRADED,
            Result.passed,
        )
    )


def find_license_answers(
    session: Session, actor: Actor, version: VersionInView, answers: Sequence[CreditAnswer]
) -> Sequence[LicenseAnswer]:
    """Return the answer for each license of the reader, before and after they start."""
    licenses = find_own_licenses(session, actor) if actor.may(Permission.COURSE_STUDY) else []
    if not licenses or not answers:
        return [LicenseAnswer(own, None) for own in licenses]
    day, enrolment = answers[0].day, version.enrolment
    taken = CourseTaken(
        version=answers[0].version,
        activity=build_course_activity(version.revision, version.outline, day=day),
        enrolment_id=enrolment.id if enrolment else None,
        is_passed=answers[0].is_passed,
    )
    approvals = find_approvals_on_file(session, taken.version.course_id)
    checks = check_licenses(session, actor.subject, licenses, taken, approvals)
    verdicts = {one.own.license.id: one.verdict for one in checks}
    return [LicenseAnswer(own, verdicts.get(own.license.id)) for own in licenses]
