"""Licenses with their cycles, and outside activities with evidence."""

import base64
from datetime import date
from itertools import count

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.models import License
from cpd.accounts.profile import actions as profiles
from cpd.credit.cycles import actions
from cpd.credit.cycles.actions import Claim, NewActivity, PreparedEvidence
from cpd.credit.cycles.models import ActivityEvidence, OutsideActivity
from cpd.credit.rules.activities import Manner
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories.courses import actor_of
from tests.support.people import Person

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)
ENDS = date(2027, 8, 31)
_numbers = count(1000)


def add_license(
    app: Flask, owner: Person, authority: str = "texas", expires_on: date | None = ENDS
) -> License:
    """Let somebody have a license with its cycle."""
    with app.app_context(), unit_of_work() as session:
        return store_license(session, actor_of(owner), authority, expires_on)


def store_license(
    session: Session, actor: Actor, authority: str = "texas", expires_on: date | None = ENDS
) -> License:
    """Store a license of somebody with its cycle."""
    number, now = f"MT {next(_numbers)}", clock.now()
    profiles.add_license(session, authority=authority.title(), number=number, actor=actor, now=now)
    row = session.scalars(select(License).where(License.number == number)).one()
    actions.save_license_cycle(
        session,
        row,
        authority=authority,
        issued_on=date(2019, 5, 1),
        expires_on=expires_on,
        actor=actor,
        now=now,
    )
    return row


def add_activity(
    app: Flask,
    owner: Person,
    license_: License | None = None,
    *,
    title: str = "Scar tissue",
    minutes: int = 180,
    on: date = date(2026, 3, 1),
) -> OutsideActivity:
    """Let somebody log an activity with a PDF, for a license."""
    with app.app_context(), unit_of_work() as session:
        return store_activity(session, actor_of(owner), license_, title, minutes, on)


def store_activity(
    session: Session,
    actor: Actor,
    license_: License | None,
    title: str = "Scar tissue",
    minutes: int = 180,
    on: date = date(2026, 3, 1),
) -> OutsideActivity:
    """Store an activity of somebody, with a PDF."""
    claims = [Claim(license_.id)] if license_ else []
    new = NewActivity(title, "Oasis School", on, minutes, Manner.IN_PERSON, claims)
    row = actions.add_activity(session, new, actor=actor, now=clock.now())
    assert row is not None
    evidence = PreparedEvidence("application/pdf", PDF)
    fault = actions.add_evidence(session, row.public_id, evidence, actor=actor, now=clock.now())
    assert fault is None
    return row


def evidence_of(app: Flask, activity: OutsideActivity) -> str:
    """Return the public id of the file of an activity."""
    with app.app_context():
        found = select(ActivityEvidence.public_id).where(
            ActivityEvidence.activity_id == activity.id
        )
        return db.session.scalars(found).one()
