"""The term of the demo's school: when it began, and what can be found in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from cpd.access.permissions import Actor
from cpd.accounts.models import Person
from cpd.cli.demo.classmates import Work
from cpd.cli.demo.people import build_actor_of_person, email_of
from cpd.db import db
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import select_current_members
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.local_times import LocalTime, TimeChoice, resolve_local_time
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, find_current_cohort_by_name

DAYS = 84
"""How long ago the term began."""

Made = TypeVar("Made")


@dataclass(frozen=True)
class Term:
    """A term of the school, which began with it."""

    school: School

    @property
    def reach(self) -> Reach:
        """The whole school."""
        return Reach(self.school.scope)

    def at(self, day: int, hour: int) -> datetime:
        """Return an hour of a day of the term, on the clock of the school."""
        return self.local_time(day, hour).instant

    def local_time(self, day: int, hour: int = 18) -> LocalTime:
        """Return the same as a local time; by default, the end of a working day."""
        zone = self.school.time_zone
        date = self.school.created_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=day)
        found = resolve_local_time(datetime.combine(date, time(hour)), zone, TimeChoice.FIRST)
        return expect(LocalTime, found)

    def find_actor(self, login: str) -> Actor:
        """Return a demo person as an actor."""
        return build_actor_of_person(self._find_person(login))

    def find_member(self, login: str) -> str:
        """Return the membership of a demo person, by its public id."""
        subject = self._find_person(login).subject
        named = select_current_members(self.school.scope).where(Membership.subject == subject)
        return db.session.scalars(named).one().public_id

    def _find_person(self, login: str) -> Person:
        return db.session.scalars(select(Person).where(Person.email == email_of(login))).one()

    def find_cohort(self, name: str) -> Cohort:
        """Return a class by its name."""
        return expect(Cohort, find_current_cohort_by_name(db.session(), self.reach, name))

    def find_assignment(self, work: Work) -> Assignment:
        """Return what was assigned to a class."""
        name, number = work.value
        of_class = select(Assignment).where(Assignment.cohort_id == self.find_cohort(name).id)
        return db.session.scalars(of_class.order_by(Assignment.id)).all()[number]


@dataclass(frozen=True)
class Scene:
    """Something that happens in the term."""

    day: int
    hour: int
    play: Callable[[Term, datetime], None]
    opens_transaction: bool = False
    """Whether it opens transactions of its own, as the worker does."""


def expect(kind: type[Made], made: object) -> Made:
    """Return what an action made; raises TypeError for a refusal, which a demo never meets."""
    if not isinstance(made, kind):
        raise TypeError(made)
    return made


def expect_done(refusal: object) -> None:
    """Raise TypeError if an action was refused."""
    if refusal is not None:
        raise TypeError(refusal)
