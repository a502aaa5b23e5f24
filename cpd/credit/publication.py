"""What a new version of a course would lose: approvals that the version before it matched."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from cpd.courses.models import Revision
from cpd.courses.outlines import load_outline
from cpd.credit.approvals.queries import find_approvals_on_file
from cpd.credit.authority_loading import load_authorities
from cpd.credit.course_worksheets import build_course_worksheet
from cpd.credit.rules.approvals import ApprovalOnFile
from cpd.credit.rules.issue_checks import Refusal, VersionToCheck, find_mismatches


def find_lost_approvals(
    session: Session, before: Revision | None, after: Revision, *, today: date
) -> Sequence[tuple[ApprovalOnFile, frozenset[Refusal]]]:
    """Return the approvals of a course that one version matches and the next does not, and why.

    Approvals that have ended are left out.
    """
    if before is None or before.id == after.id:
        return []
    on_file = find_approvals_on_file(session, after.document.course_id)
    approvals = [
        one.to_rule()
        for one in on_file
        if one.course_id is not None and (one.last_day is None or today <= one.last_day)
    ]
    if not approvals:
        return []
    old, new = (
        build_version_on_file(session, revision, today=today) for revision in (before, after)
    )
    lost = ((one, frozenset(find_mismatches(new, one))) for one in approvals)
    return [(one, why) for one, why in lost if why and not find_mismatches(old, one)]


def build_version_on_file(session: Session, revision: Revision, *, today: date) -> VersionToCheck:
    """Return a version as the rules compare it with an approval, whether or not it is reviewed."""
    outline = load_outline(session, revision)
    return VersionToCheck(
        course_id=revision.document.course_id,
        title=outline.course.front.title_on_certificate or revision.stored_title,
        is_reviewed=False,
        worksheet=build_course_worksheet(revision, outline, today=today),
    )


def name_authority(slug: str) -> str:
    """Return the short name of an authority; its slug if its file is gone."""
    found = load_authorities().get(slug)
    return slug if found is None else found.file.short_name
