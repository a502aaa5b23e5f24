"""The page of a learner in a school."""

from dataclasses import dataclass
from fractions import Fraction

from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.db import db
from cpd.kernel import clock
from cpd.organisations.models import Membership
from cpd.organisations.queries import find_scope_of_route
from cpd.schools import hooks
from cpd.schools.accommodations.models import Excuse, Extension
from cpd.schools.accommodations.queries import (
    GrantsOfLearner,
    find_grant_reasons,
    find_grants_of_learner,
)
from cpd.schools.accommodations.rules.granting import build_personal_window
from cpd.schools.agreements.queries import find_assignments_agreed_to
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_assignments_of_learner, find_course_titles
from cpd.schools.assignments.rules.seen_by_school import find_seen_by_school
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.queries import Reach, find_cohorts_of_learner
from cpd.schools.gradebook.rules.scores import choose_score
from cpd.schools.learner_pages.queries import find_graded_tries
from cpd.schools.pages import (
    current_reach,
    find_learner_or_404,
    render_school_page,
)


@dataclass(frozen=True)
class AssignmentOfLearner:
    """What is assigned to a learner, as it holds for them, and the score that counts."""

    assignment: Assignment
    window: Window
    extension: Extension | None
    excuse: Excuse | None
    try_count: int
    score: Fraction | None
    """The one that counts; None before there is a pass."""


@bp.get("/<string:slug>/people/<string:public_id>")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_learner(slug: str, public_id: str) -> ResponseReturnValue:
    """Show a learner: classes, assignments, and to those who may grant, what is granted and why."""
    del slug
    session, reach, actor = db.session(), current_reach(), current_actor()
    member = find_learner_or_404(public_id)
    grants = find_grants_of_learner(session, reach, member.subject)
    may_grant = actor.may(Permission.ACCOMMODATION_GRANT, within=reach.scope)
    rows = _find_assignments(reach, member, grants)
    granters = [grants.accommodation, *grants.extensions, *grants.excuses]
    subjects = [member.subject, *(grant.granted_by for grant in granters if grant is not None)]
    return render_school_page(
        "schools/learners/learner.html",
        member.school,
        member=member,
        cohorts=find_cohorts_of_learner(session, reach, member),
        rows=rows,
        titles=find_course_titles(session, [row.assignment.course_id for row in rows]),
        accommodation=grants.accommodation,
        reasons=find_grant_reasons(session, reach.scope, member.subject) if may_grant else {},
        names=find_names_by_subject(session, subjects),
        now=clock.now(),
        panels=hooks.learner_panels(session, actor, reach, member),
    )


def _find_assignments(
    reach: Reach, member: Membership, grants: GrantsOfLearner
) -> list[AssignmentOfLearner]:
    session = db.session()
    extensions = {grant.assignment_id: grant for grant in grants.extensions}
    excuses = {grant.assignment_id: grant for grant in grants.excuses}
    is_employer = member.school.is_employer
    agreed = (
        find_assignments_agreed_to(session, reach, member.subject) if is_employer else frozenset()
    )
    tries = find_graded_tries(session, reach, member.subject)
    found = []
    for row in find_assignments_of_learner(session, reach, member):
        extension = extensions.get(row.id)
        seen = find_seen_by_school(row.terms, is_employer=is_employer, has_agreed=row.id in agreed)
        own_tries = tries.get(row.public_id, ()) if seen.has_exam else ()
        found.append(
            AssignmentOfLearner(
                row,
                build_personal_window(row.window, extension.until if extension else None),
                extension,
                excuses.get(row.id),
                len(own_tries),
                choose_score(own_tries, row.score_policy),
            )
        )
    return found
