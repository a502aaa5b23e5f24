"""A small course of the demo that counts: reviewed, piloted and approved by demo people alone.

Everything in it is made by the real actions. Its certificates say that they are a demonstration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.models import License, Person
from cpd.accounts.profile import actions as profiles
from cpd.cli.content import load_sound_folders_or_exit, publish_folders
from cpd.cli.demo.classmates import find_learner
from cpd.cli.demo.course import NOTES
from cpd.cli.demo.cycles import LETTER, save_cycle
from cpd.cli.demo.learner import ExamPlan, Learner
from cpd.cli.demo.people import build_actor_of_person, find_people_by_login
from cpd.cli.demo.reviews import review_course
from cpd.cli.demo.term import expect
from cpd.courses.queries import find_course_row
from cpd.credit.approvals.actions import NewApproval, add_approval
from cpd.credit.approvals.models import Approval
from cpd.credit.pilots import actions as pilots
from cpd.credit.pilots.models import Pilot, PilotReportRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import actions as provider
from cpd.provider import current

FOLDER = Path(__file__).with_name("library") / NOTES
REASON = "The small course of the demo."
TITLE = "Demonstration: a note after every session"
PILOT_MINUTES: Mapping[str, int] = {"grace": 5, "tomasz": 6, "fatima": 7, "yuki": 8}
"""How long those in the pilot group were active."""
SIGNATORIES = ({"name": "Ines Duarte", "title": "Administrator (demo)"},)
CONTACT = "courses@demo.example"
LASTS = timedelta(days=3 * 365)


@dataclass(frozen=True)
class _Cast:
    """The people in the database, by their login."""

    people: Mapping[str, Person]

    def actor(self, login: str) -> Actor:
        """Return somebody as an actor."""
        return build_actor_of_person(self.people[login])

    def learner(self, login: str, at: datetime, context: str = "self") -> Learner:
        """Return somebody who takes the small course."""
        return Learner(self.actor(login), find_learner(login), at, context, slug=NOTES)


def add_credit_story_if_missing(*, opened_at: datetime, now: datetime) -> None:
    """Let the small course become one that counts, and two people pass it, once."""
    if find_course_row(db.session(), NOTES) is None:
        with clock.freeze_at(opened_at):
            publish_folders(load_sound_folders_or_exit([FOLDER]), reason=REASON)
    if db.session.scalar(select(Approval.id).limit(1)) is not None:
        return
    cast = _Cast(find_people_by_login())
    review_course(NOTES, by=cast.people["ravi"], asked_by=cast.actor("ines"), now=opened_at)
    with unit_of_work() as session:
        report = _measure_pilot_group(session, cast, opened_at + timedelta(days=1))
        _put_approvals_on_file(session, report, cast.actor("ines"), opened_at + timedelta(days=9))
        _name_provider(session, cast.actor("ines"), opened_at + timedelta(days=9))
        _give_license_to_zoe(session, cast, now - timedelta(hours=3))
    current.reload_provider()
    for number, login in enumerate(("zoe", "maya")):
        with unit_of_work():
            learner = cast.learner(login, now - timedelta(hours=2, minutes=number))
            learner.enrol()
            learner.study(sections=None)
            learner.take_exam(ExamPlan())


def _measure_pilot_group(session: Session, cast: _Cast, at: datetime) -> str:
    """Let a pilot group take the course, and return its public id."""
    ines = cast.actor("ines")
    pilot = expect(Pilot, pilots.start_pilot(session, NOTES, actor=ines, now=at))
    for number, (login, minutes) in enumerate(PILOT_MINUTES.items(), 1):
        learner = cast.learner(login, at + timedelta(days=number), pilot.public_id)
        learner.enrol()
        learner.read_actively(minutes)
        learner.study(sections=None)
    finished_at = at + timedelta(days=7)
    expect(PilotReportRow, pilots.finish_pilot(session, pilot, actor=ines, now=finished_at))
    return pilot.public_id


def _put_approvals_on_file(session: Session, report: str, ines: Actor, at: datetime) -> None:
    """Enter the letters, whose numbers say that they are none."""
    of_provider = NewApproval(
        authority="ncbtmb",
        course=None,
        number="DEMO-450000-00",
        title=current.current_provider().name,
        first_day=at.date(),
        last_day=(at + LASTS).date(),
        letter=LETTER,
    )
    of_course = replace(
        of_provider,
        course=NOTES,
        number="DEMO-C-0000",
        title=TITLE,
        amount=Decimal("0.05"),
        category="home study",
    )
    florida = replace(of_provider, authority="florida", number="DEMO-50-0000")
    in_florida = replace(
        of_course,
        authority="florida",
        number="DEMO-20-0000",
        amount=Decimal("0.12"),
        pilot=report,
    )
    for new in (of_provider, of_course, florida, in_florida):
        expect(Approval, add_approval(session, new, actor=ines, now=at))


def _name_provider(session: Session, ines: Actor, at: datetime) -> None:
    """Name who signs certificates, and how the provider is reached if nothing says so."""
    contact = current.current_provider().contact or CONTACT
    changes = {"signatories": [*SIGNATORIES], "contact": contact}
    provider.change_profile(session, changes, actor=ines, now=at)


def _give_license_to_zoe(session: Session, cast: _Cast, at: datetime) -> None:
    """Let Zoë be certified by a board, beside the register that nobody knows."""
    zoe, issuer = cast.actor("zoe"), "NCBTMB"
    profiles.add_license(session, authority=issuer, number="000000-00", actor=zoe, now=at)
    license_ = session.scalars(
        select(License).where(License.person_id == zoe.person_id, License.authority == issuer)
    ).one()
    save_cycle(session, license_, "ncbtmb", at.date() + timedelta(days=300), zoe, at)
