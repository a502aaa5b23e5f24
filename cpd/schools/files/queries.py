"""Reads for filling a file: the learners of an assignment, and the pairs that are remembered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import Scope
from cpd.accounts import queries as accounts
from cpd.accounts.queries import Contact
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import scope_condition
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_learners_of_assignment
from cpd.schools.cohorts.queries import Reach
from cpd.schools.files.hooks import Listed, listed_members
from cpd.schools.files.models import FilePair
from cpd.schools.files.rules.matching import Learner
from cpd.schools.gradebook.queries import find_scores

NOBODY = ""
"""Stands for a learner where a row is about nobody in the school."""


@dataclass(frozen=True)
class ScoredClass:
    """The learners of an assignment, and the scores that count; keys are memberships."""

    learners: Sequence[Learner]
    scores: Mapping[str, Fraction]


def find_scored_class(session: Session, reach: Reach, assignment: Assignment) -> ScoredClass:
    """Return who is in the class, and the scores of those who have passed."""
    members = [each.membership for each in find_learners_of_assignment(session, reach, assignment)]
    contacts = accounts.find_contacts_by_subject(session, [member.subject for member in members])
    scores = find_scores(session, reach, assignment)
    listed = listed_members(session, reach.scope, [member.id for member in members])
    learners = [
        _build_learner(member, contacts[member.subject], listed.get(member.id))
        for member in members
        if member.subject in contacts
    ]
    by_key = {
        member.public_id: scores[member.subject] for member in members if member.subject in scores
    }
    return ScoredClass(learners, by_key)


def _build_learner(member: Membership, contact: Contact, listed: Listed | None) -> Learner:
    """Return a learner as the account and the list of the school know them."""
    known = Learner(member.public_id, contact.name, (contact.email,))
    if listed is None:
        return known
    return replace(known, emails=(contact.email, listed.email), number=listed.number)


def are_members(session: Session, scope: Scope, keys: Collection[str]) -> bool:
    """Tell whether all keys are memberships of a school, even if some have ended."""
    of_school = (
        select(sa.func.count())
        .select_from(Membership)
        .join(Membership.school)
        .where(scope_condition(scope, School.public_id), Membership.public_id.in_(keys))
    )
    return session.scalar(of_school) == len(keys)


def compute_row_digest(scope: Scope, identity: str) -> str:
    """Return what is stored instead of what a file says of a person; each school has its own."""
    return sha256(f"{scope} {identity}".encode()).hexdigest()


def find_pairs(session: Session, scope: Scope, identities: Iterable[str]) -> Mapping[str, str]:
    """Return the remembered pairs of these rows: their memberships, or nobody."""
    stored = session.execute(
        select(FilePair.row_digest, Membership.public_id)
        .join(FilePair.school)
        .outerjoin(FilePair.membership)
        .where(scope_condition(scope, School.public_id))
    )
    known = {row[0]: row[1] or NOBODY for row in stored}
    digests = {identity: compute_row_digest(scope, identity) for identity in identities}
    return {identity: known[digest] for identity, digest in digests.items() if digest in known}
