"""Whom an author asks: their row, which is found or added, and whether they may be asked."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.accounts.models import Person
from cpd.authoring.blind.models import Reviewer, SentText
from cpd.authoring.review import queries
from cpd.authoring.seen_keys.queries import find_first_views_of_keys
from cpd.kernel.ids import new_public_id


@dataclass(frozen=True)
class Invitee:
    """Who is asked: the account of a reviewer, or a guest by their address."""

    person: Person | None = None
    email: str = ""


def find_or_add_reviewer(session: Session, asked: Invitee) -> Reviewer:
    """Return the reviewer; an address that has an account is the person of that account.

    A guest who has opened an account since stays the same reviewer, with what they have seen.
    """
    email = asked.email
    person = asked.person or session.scalar(sa.select(Person).where(Person.email == email))
    is_same = Reviewer.email == (person.email if person else email)
    if person:
        is_same = sa.or_(Reviewer.subject == person.subject, is_same)
    found = session.scalars(sa.select(Reviewer).where(is_same).order_by(Reviewer.id)).all()
    of_account = [one for one in found if person and one.subject == person.subject]
    reviewer = next(iter([*of_account, *found]), None)
    if reviewer is None:
        subject = person.subject if person else new_public_id("gst")
        reviewer = Reviewer(subject=subject, email=email, name=person.name if person else "")
        session.add(reviewer)
        session.flush()
    if person and not of_account:
        reviewer.subject = person.subject
    reviewer.email = email or reviewer.email
    return reviewer


def may_be_asked(session: Session, reviewer: Reviewer, text: SentText) -> bool:
    """Tell whether a reviewer wrote in no draft of a file, and can still answer its case blind.

    Whoever answered it blind before may be asked again: they are shown what changed.
    """
    draft = text.draft
    if reviewer.subject in queries.find_editors_of_file(session, draft):
        return False
    seen = find_first_views_of_keys(session, draft.course_id, [draft.path])[draft.path]
    if not text.has_key or reviewer.subject not in seen:
        return True
    return any(
        review.reviewer_id == reviewer.id
        and review.opened_at is not None
        and review.opened_at <= seen[reviewer.subject]
        for review in queries.find_reviews_of_file(session, draft)
    )
