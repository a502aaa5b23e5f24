"""Starting a school on the site; whoever starts it looks after it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Role
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.accounts.queries import lock_person
from cpd.organisations import actions as organisations
from cpd.organisations import queries
from cpd.organisations.actions import NewSchool, Refusal
from cpd.organisations.models import School, SchoolKind
from cpd.organisations.rules.slugs import LONGEST, is_slug, slug_from_name
from cpd.schools.rules.seats import MOST_STARTED, STARTED_SEATS

_MOST_TRIES = 50


class StartRefusal(StrEnum):
    """Why no school was started."""

    NAME_IN_USE = "name-in-use"
    TOO_MANY = "too-many"


@dataclass(frozen=True)
class SchoolToStart:
    """What somebody says of a school that they start; the time zone has been checked."""

    name: str
    kind: SchoolKind
    time_zone: str


def start_school(
    session: Session, new: SchoolToStart, *, actor: Actor, now: datetime
) -> School | StartRefusal:
    """Create a school that its founder looks after; raises SlugTakenError as `create_school` does.

    The role counts once the founder signs in with codes from an app, if the site asks staff for
    them.
    """
    founder = lock_person(session, actor.person_id)  # whoever sends two forms at once waits
    if queries.count_open_schools_started_by(session, actor.subject) >= MOST_STARTED:
        return StartRefusal.TOO_MANY
    slug = _find_free_slug(session, new.name)
    if slug is None:
        return StartRefusal.NAME_IN_USE
    created = NewSchool(
        new.name, slug, new.time_zone, new.kind, seats=STARTED_SEATS, started_by=actor.subject
    )
    school = organisations.create_school(session, created, actor=actor, now=now)
    if isinstance(school, Refusal):
        return StartRefusal.NAME_IN_USE
    grant = Grant(Role.SCHOOL_ADMIN, school.scope)
    people.grant_role(session, founder.id, grant, actor=actor, now=now)
    return school


def _find_free_slug(session: Session, name: str) -> str | None:
    """Return a free name for URLs: that of the school, with a number if another one has it."""
    base = slug_from_name(name) or "school"
    for number in range(1, _MOST_TRIES):
        suffix = "" if number == 1 else f"-{number}"
        slug = f"{base[: LONGEST - len(suffix)].rstrip('-')}{suffix}"
        if is_slug(slug) and not queries.is_slug_taken(session, slug):
            return slug
    return None
