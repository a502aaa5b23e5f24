"""The demo people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor, Role
from cpd.accounts.models import Person
from cpd.accounts.people import actions as accounts
from cpd.accounts.people.actions import NewPerson
from cpd.accounts.profile import actions as profiles
from cpd.accounts.profile.actions import Profile
from cpd.accounts.sign_in import password_hashing
from cpd.db import DEMO, DatabaseMark, db, unit_of_work

EVERYBODYS_LOGIN = "a quiet room and warm hands"
"""The password of all demo people. It is public: a demo is served only on loopback."""


class Story(Enum):
    """How far a demo person has come in the course."""

    READING = auto()
    PASSED = auto()
    CRITICAL = auto()
    OPEN = auto()
    SECOND_ATTEMPT = auto()


@dataclass(frozen=True)
class DemoPerson:
    """A person in the demo, and how far they have come."""

    login: str
    name: str
    roles: tuple[Role, ...]
    about: str
    zone: str = "Europe/London"
    license: tuple[str, str] | None = None
    story: Story | None = None
    days_ago: int = 0
    """When the story began."""

    @property
    def email(self) -> str:
        """The person's address at the demo's own domain."""
        return email_of(self.login)


def email_of(login: str) -> str:
    """Return an address at the demo's own domain."""
    return f"{login}@demo.example"


LEARNER = (Role.LEARNER,)
PEOPLE = (
    DemoPerson(
        "maya",
        "Maya Okafor",
        LEARNER,
        "massage therapist, has read the first section",
        "America/Chicago",
        ("Texas Department of Licensing and Regulation", "MT 000000"),
        Story.READING,
        6,
    ),
    DemoPerson(
        "zoe",
        "Zoë Marsh",
        LEARNER,
        "passed the first time, has a certificate",
        license=("Harbour County Register of Massage Therapists", "RMT 000000"),
        story=Story.PASSED,
        days_ago=40,
    ),
    DemoPerson(
        "ben",
        "Ben Adeyemi",
        LEARNER,
        "good score, spoiled by one decision",
        story=Story.CRITICAL,
        days_ago=9,
    ),
    DemoPerson(
        "klara",
        "Klara Nowak",
        LEARNER,
        "in the middle of an exam",
        "Europe/Warsaw",
        story=Story.OPEN,
        days_ago=3,
    ),
    DemoPerson(
        "dimitris",
        "Δημήτρης Λάμπρου",
        LEARNER,
        "passed the second time, teaches a class, name in Greek letters",
        "Europe/Athens",
        story=Story.SECOND_ATTEMPT,
        days_ago=25,
    ),
    DemoPerson("omar", "Omar Haddad", (), "coordinates a school", "Europe/London"),
    DemoPerson("ada", "Ada Lindqvist", (Role.AUTHOR,), "writes cases", "Europe/Stockholm"),
    DemoPerson("ravi", "Ravi Menon", (Role.REVIEWER,), "reviews cases", "Asia/Kolkata"),
    DemoPerson(
        "ines", "Ines Duarte", (Role.ADMINISTRATOR,), "administers the site", "Europe/Lisbon"
    ),
)


def list_sign_in_lines() -> list[str]:
    """Return who can sign in, and with which password."""
    people = [f"{person.email:<24} {person.about}" for person in PEOPLE]
    return [*people, f"Password for all of them: {EVERYBODYS_LOGIN}"]


def find_people_by_login() -> dict[str, Person]:
    """Return the people in the database by the part of their address before the @."""
    return {person.email.partition("@")[0]: person for person in db.session.scalars(select(Person))}


def build_actor_of_person(person: Person) -> Actor:
    """Return a person as an actor with all of their roles."""
    roles = frozenset(row.assignment for row in person.roles)
    return Actor(person_id=person.id, subject=person.subject, roles=roles)


def add_missing_people(people: Iterable[DemoPerson], *, now: datetime) -> None:
    """Add those who are missing, and mark the database as a demo."""
    existing = set(db.session.scalars(select(Person.email)))
    missing = [person for person in people if person.email not in existing]
    if not missing:
        return
    password_hash = password_hashing.hash_password(EVERYBODYS_LOGIN)
    with unit_of_work() as session:
        session.merge(DatabaseMark(name=DEMO))
        for person in missing:
            _add_person(session, person, password_hash, now=now)


def _add_person(session: Session, person: DemoPerson, password_hash: str, *, now: datetime) -> None:
    new = NewPerson(person.name, person.email, frozenset(person.roles), password_hash)
    added = accounts.create_person(session, new, actor=SYSTEM, now=now)
    if not isinstance(added, Person):
        raise TypeError(added)
    actor = build_actor_of_person(added)
    profile = Profile(name=person.name, legal_name=person.name, time_zone=person.zone, country="")
    profiles.change_profile(session, profile, actor=actor, now=now)
    if person.license:
        authority, number = person.license
        profiles.add_license(session, authority=authority, number=number, actor=actor, now=now)
