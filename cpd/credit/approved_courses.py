"""Which versions of courses match an approval on file, for the pages that list courses."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from cpd.courses.models import Revision
from cpd.credit.approvals.queries import find_course_approvals
from cpd.credit.publication import build_version_on_file
from cpd.credit.rules.approvals import ApprovalOnFile
from cpd.credit.rules.issue_checks import find_mismatches
from cpd.kernel import clock


def find_approved_revisions(session: Session, revisions: Sequence[Revision]) -> frozenset[int]:
    """Return the ids of those revisions for which an approval holds today that they match."""
    today = clock.now().date()
    by_course: defaultdict[int, list[ApprovalOnFile]] = defaultdict(list)
    for row in find_course_approvals(session, {one.document.course_id for one in revisions}):
        rule = row.to_rule()
        if rule.holds_on(today) and rule.course_id is not None:
            by_course[rule.course_id].append(rule)
    return frozenset(
        one.id
        for one in revisions
        if _matches_any(session, one, by_course[one.document.course_id], today)
    )


def _matches_any(
    session: Session, revision: Revision, approvals: Sequence[ApprovalOnFile], today: date
) -> bool:
    if not approvals:
        return False
    version = build_version_on_file(session, revision, today=today)
    return any(not find_mismatches(version, one) for one in approvals)
