"""The licenses of a demo person with their cycles, and what she did elsewhere."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.models import License
from cpd.accounts.profile import actions as profiles
from cpd.cli.demo.people import build_actor_of_person, find_people_by_login
from cpd.credit.cycles import actions
from cpd.credit.cycles.actions import Claim, NewActivity, PreparedEvidence
from cpd.credit.cycles.models import LicenseCycle
from cpd.credit.rules.activities import Manner
from cpd.credit.rules.evidence import PDF
from cpd.db import db, unit_of_work

LETTER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 300]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""An empty page: the demo has no certificate of anybody else to show."""


def add_cycles_if_missing(*, now: datetime) -> None:
    """Give Maya a second license, the cycles of both, and a workshop with evidence, once."""
    if db.session.scalar(select(LicenseCycle.licence_id).limit(1)) is not None:
        return
    actor = build_actor_of_person(find_people_by_login()["maya"])
    with unit_of_work() as session:
        texas = session.scalars(select(License).where(License.person_id == actor.person_id)).first()
        if texas is None:
            return
        issuer = "Florida Board of Massage Therapy"
        profiles.add_license(session, authority=issuer, number="MA 000000", actor=actor, now=now)
        florida = session.scalars(
            select(License).where(License.person_id == actor.person_id, License.authority == issuer)
        ).one()
        today = now.date()
        save_cycle(session, texas, "texas", today + timedelta(days=210), actor, now)
        save_cycle(session, florida, "florida", _find_next_renewal_in_florida(today), actor, now)
        _add_workshop(session, texas, florida, actor, now)


def save_cycle(
    session: Session,
    license_: License,
    authority: str,
    expires_on: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Say whose rules a license is under, and when it expires."""
    actions.save_license_cycle(
        session,
        license_,
        authority=authority,
        issued_on=date(2018, 6, 1),
        expires_on=expires_on,
        actor=actor,
        now=now,
    )


def _find_next_renewal_in_florida(today: date) -> date:
    """Return the next August 31 of an odd year."""
    year = today.year + (today.year + 1) % 2
    this = date(year, 8, 31)
    return this if today <= this else date(year + 2, 8, 31)


def _add_workshop(
    session: Session, texas: License, florida: License, actor: Actor, now: datetime
) -> None:
    new = NewActivity(
        title="Scar tissue, a hands-on workshop",
        organizer="Harbour Massage School",
        completed_on=now.date() - timedelta(days=60),
        minutes=300,
        manner=Manner.HANDS_ON,
        claims=[Claim(texas.id), Claim(florida.id)],
    )
    row = actions.add_activity(session, new, actor=actor, now=now)
    if row is not None:
        actions.add_evidence(
            session, row.public_id, PreparedEvidence(PDF, LETTER), actor=actor, now=now
        )
