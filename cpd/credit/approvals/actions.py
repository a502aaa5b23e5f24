"""Putting approvals on file and withdrawing them; both are audited."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses.models import Revision
from cpd.courses.outlines import load_outline
from cpd.courses.queries import find_course_row
from cpd.credit.approvals import queries
from cpd.credit.approvals.models import Approval
from cpd.credit.authority_loading import load_authorities
from cpd.credit.course_worksheets import build_course_worksheet
from cpd.credit.pilots.queries import find_report
from cpd.credit.provider_courses import find_newest_revision_of_course
from cpd.credit.rules.approvals import ApprovalFault, ApprovalOnFile, find_window_fault
from cpd.credit.rules.claims import ClaimFault, PilotReport, find_claim_fault
from cpd.kernel import clock
from cpd.media import actions as media
from cpd.provider.models import ProviderProfile


@dataclass(frozen=True)
class NewApproval:
    """An approval as an administrator enters it from a letter."""

    authority: str
    course: str | None
    """The slug of the course; None where the provider itself is approved."""
    number: str
    title: str
    first_day: date
    last_day: date | None
    letter: bytes
    amount: Decimal | None = None
    category: str = ""
    pilot: str = ""
    """The public id of the pilot group whose report is attached; empty for none."""


class EntryFault(StrEnum):
    """Why an approval was not put on file, apart from its window and its amount."""

    NO_COURSE = "no-course"
    """The course has no published version."""
    NO_REPORT = "no-report"
    """The pilot group has no report."""


Refused = ApprovalFault | ClaimFault | EntryFault


def add_approval(
    session: Session, new: NewApproval, *, actor: Actor, now: datetime
) -> Approval | Refused:
    """Put an approval on file, or return why not; the newest version of its course is counted.

    Two at once wait for each other, so that they cannot overlap.
    """
    session.execute(sa.select(ProviderProfile.id).with_for_update())
    revision = None
    if new.course is not None:
        row = find_course_row(session, new.course)
        revision = find_newest_revision_of_course(session, row.id) if row else None
        if revision is None:
            return EntryFault.NO_COURSE
    pilot = find_report(session, new.pilot) if new.pilot else None
    if new.pilot and pilot is None:
        return EntryFault.NO_REPORT
    rule = _build_rule(new, revision, pilot)
    on_file = queries.find_approvals_on_file(session, rule.course_id, authority=rule.authority)
    fault = find_window_fault(rule, [one.to_rule() for one in on_file])
    if fault is None and revision is not None:
        claim_fault = _find_amount_fault(session, rule, revision, today=now.date())
        if claim_fault is not None:
            return claim_fault
    if fault is not None:
        return fault
    return _store_approval(session, rule, new, actor=actor, now=now)


def _build_rule(
    new: NewApproval, revision: Revision | None, pilot: PilotReport | None
) -> ApprovalOnFile:
    return ApprovalOnFile(
        authority=new.authority,
        course_id=None if revision is None else revision.document.course_id,
        number=new.number,
        title=new.title,
        first_day=new.first_day,
        last_day=new.last_day,
        amount=None if revision is None else new.amount,
        category="" if revision is None else new.category,
        pilot=None if revision is None else pilot,
    )


def _find_amount_fault(
    session: Session, rule: ApprovalOnFile, revision: Revision, *, today: date
) -> ClaimFault | None:
    """Return why an amount may not be claimed for the newest version of a course."""
    worksheet = build_course_worksheet(
        revision,
        load_outline(session, revision),
        today=today,
        authorities=[load_authorities()[rule.authority]],
    )
    return find_claim_fault(rule.amount or Decimal(0), worksheet, rule.authority, rule.pilot)


def _store_approval(
    session: Session, rule: ApprovalOnFile, new: NewApproval, *, actor: Actor, now: datetime
) -> Approval:
    pilot = {} if rule.pilot is None else rule.pilot.to_json() | {"pilot": new.pilot}
    approval = Approval(
        authority=rule.authority,
        course_id=rule.course_id,
        number=rule.number,
        title=rule.title,
        hundredths=None if rule.amount is None else int(rule.amount * 100),
        category=rule.category,
        first_day=rule.first_day,
        last_day=rule.last_day,
        letter=media.store_media(session, new.letter, queries.LETTER_TYPE, now=now).sha256,
        pilot=pilot,
        entered_by=actor.subject,
        entered_at=now,
    )
    session.add(approval)
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "credit:approval:enter",
        now=now,
        to=approval.public_id,
        authority=rule.authority,
        number=rule.number,
    )
    return approval


def withdraw_approval(
    session: Session, approval: Approval, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Take an approval off the file, with a reason; idempotent."""
    row = session.get(Approval, approval.id, populate_existing=True, with_for_update=True)
    if row is None or row.withdrawn_at is not None:
        return
    row.withdrawn_by = actor.subject
    row.withdrawn_at = clock.keep_in_order(now, row.entered_at)
    session.flush()
    audit.add_audit_entry(
        session, actor, "credit:approval:withdraw", now=now, to=row.public_id, reason=reason
    )
