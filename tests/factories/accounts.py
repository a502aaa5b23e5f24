"""People: the named ones of every test, others by need, and being signed in without the form."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import STAFF_ROLES, SYSTEM, Role
from cpd.accounts.mfa import totp
from cpd.accounts.models import AuthenticatorApp, Person
from cpd.accounts.people import actions
from cpd.accounts.people.actions import NewPerson
from cpd.accounts.rules.zones import UTC
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_in import password_hashing
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.support import people
from tests.support.visitor import Visitor

ROLES: dict[people.Person, frozenset[Role]] = {
    people.MAYA: frozenset({Role.LEARNER}),
    people.OMAR: frozenset({Role.INSTRUCTOR}),
    people.ADA: frozenset({Role.AUTHOR}),
    people.RAVI: frozenset({Role.REVIEWER}),
    people.INES: frozenset({Role.ADMINISTRATOR}),
    people.ZOE: frozenset({Role.LEARNER}),
}

KEY = "JBSWY3DPEHPK3PXP" * 2
"""Of everybody's app; only staff have one."""


@cache
def password_hash() -> str:
    """Return the hash of everybody's password, made once a run."""
    return password_hashing.hash_password(people.PASSWORD)


def add_person(
    session: Session,
    *,
    email: str,
    name: str = "Somebody Else",
    roles: Collection[Role] = (Role.LEARNER,),
    codes: bool = True,
    now: datetime | None = None,
) -> Person:
    """Add somebody with everybody's password, as `cpd accounts` would; staff have codes on."""
    new = NewPerson(name=name, email=email, roles=frozenset(roles), password_hash=password_hash())
    made = actions.create_person(session, new, actor=SYSTEM, now=now or clock.now())
    assert isinstance(made, Person), f"{email} has an account already"
    if codes and STAFF_ROLES & new.roles:
        turn_codes_on(session, made.id)
    return made


def turn_codes_on(session: Session, person_id: int) -> None:
    """Let codes from an app be asked of somebody, without the email that tells of it."""
    sealed = totp.encrypt_app_key(person_id, KEY, now=clock.now())
    session.add(AuthenticatorApp(person_id=person_id, sealed_key=sealed, last_step=0))


def give_certificate_details(person: Person, name: str) -> None:
    """Let somebody have said before now what certificates print, so that no exam asks."""
    person.legal_name, person.without_licence, person.time_zone = name, True, UTC


def add_everybody(app: Flask) -> None:
    """Add the named people; maya has said how certificates shall name her."""
    password_hash()  # before the write begins
    with app.app_context(), unit_of_work() as session:
        for named, roles in ROLES.items():
            made = add_person(session, email=named.email, name=named.full_name, roles=roles)
            if named is people.MAYA:
                give_certificate_details(made, named.full_name)


def row_of(named: people.Person) -> Person:
    """Return somebody's row; call it inside an app context."""
    return db.session.scalars(select(Person).where(Person.email == named.email)).one()


def session_token(app: Flask, named: people.Person) -> str:
    """Begin a session for somebody and return its token, without a password."""
    with app.app_context():
        person_id = row_of(named).id
        with unit_of_work() as session:
            return credentials.add_session(
                session, person_id, browser="Firefox, Linux", now=clock.now()
            )


def let_in(visitor: Visitor, named: people.Person) -> Visitor:
    """Sign somebody in without the form: a real session, its cookie, and a token for forms."""
    return use_session(visitor, session_token(visitor.app, named))


def use_session(visitor: Visitor, token: str) -> Visitor:
    """Give a browser the cookie of a session that goes on, and a token for forms."""
    with visitor.client.session_transaction() as cookie:
        cookie.clear()
        cookie.permanent = True
        cookie["signed_in"] = token
    return give_form_token(visitor)


def give_form_token(visitor: Visitor) -> Visitor:
    """Let somebody send forms without fetching a page first."""
    secret = "0123456789abcdef" * 2
    with visitor.client.session_transaction() as cookie:
        cookie["csrf_token"] = secret
    visitor.believe(csrf_token(visitor.app, secret))
    return visitor


def csrf_token(app: Flask, secret: str) -> str:
    """Return the form token that belongs to what the cookie holds."""
    signer = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token")
    made: str | bytes = signer.dumps(secret)
    return made if isinstance(made, str) else made.decode()
