"""People who passed a course that is reviewed, approved, and wanted for their licenses."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor, Role, RoleAssignment
from cpd.accounts.models import License, Person
from cpd.certificates import actions, signing
from cpd.certificates.models import Certificate
from cpd.config import settings_of_app
from cpd.courses.models import Enrolment, Revision
from cpd.courses.outlines import load_outline
from cpd.credit.approvals import actions as approvals
from cpd.credit.approvals.actions import NewApproval
from cpd.credit.approvals.models import Approval
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.provider import actions as provider
from cpd.provider import current, fields
from tests.factories import certificates, courses, cycles, pilots
from tests.factories.credit import LETTER

SLUG = "hot-weather"
OF_PROVIDER = NewApproval(
    authority="ncbtmb",
    course=None,
    number="450123-06",
    title="Harbour Continuing Education, Inc.",
    first_day=date(2026, 1, 1),
    last_day=date(2028, 12, 31),
    letter=LETTER,
)
OF_COURSE = replace(
    OF_PROVIDER,
    course=SLUG,
    number="C-1",
    title=certificates.TITLE,
    amount=Decimal("0.08"),
    category="home study",
)


def approved_by(authority: str, **differing: Any) -> tuple[NewApproval, NewApproval]:
    """Return approvals of the provider and of the course for one hour, with a pilot group."""
    piloted: dict[str, Any] = {"amount": Decimal(1), "pilot": pilots.PILOTED, "number": "20-77"}
    return (
        replace(OF_PROVIDER, authority=authority, number="50-1234"),
        replace(OF_COURSE, authority=authority, **(piloted | differing)),
    )


NCBTMB = (OF_PROVIDER, OF_COURSE)
FLORIDA = approved_by("florida")
SIGNED_BY = (("Ines Roth", "Administrator"), ("Ada Lindqvist", "Instructor"))


@dataclass(frozen=True)
class Setting:
    """What is on file when somebody passes."""

    licenses: Sequence[str] = ("ncbtmb", "florida")
    """The authorities of their licenses."""
    approvals: Sequence[NewApproval] = (*NCBTMB, *FLORIDA)
    is_reviewed: bool = True
    expires_on: date | None = cycles.ENDS
    contact: str = "courses@harbour.example"
    signatories: Sequence[tuple[str, str]] = SIGNED_BY
    front: dict[str, Any] = field(default_factory=dict)


def actor_of_row(holder: Person) -> Actor:
    """Return the eyes and hands of a person."""
    return Actor(holder.id, holder.subject, frozenset({RoleAssignment(Role.LEARNER)}))


def prepare(app: Flask, holder: Person, setting: Setting = Setting()) -> int:
    """Put all on file and let somebody pass, without issuing anything; returns the attempt's id."""
    return let_pass(app, enrol(app, holder, setting))


def let_pass(app: Flask, enrolment_id: int) -> int:
    """Let somebody pass without issuing anything; returns the attempt's id."""
    with app.app_context(), unit_of_work() as session:
        return certificates.add_attempt(session, session.get_one(Enrolment, enrolment_id)).id


def enrol(app: Flask, holder: Person, setting: Setting = Setting()) -> int:
    """Put all on file and let somebody begin the course; returns the enrollment's id."""
    with app.app_context(), unit_of_work() as session:
        course = certificates.add_course(session, SLUG, **setting.front)
        if setting.is_reviewed:
            review(session, course)
        pilots.add_report(session, course, 60, 60, 60)
        set_provider(session, app, setting)
        for new in setting.approvals:
            row = approvals.add_approval(session, new, actor=SYSTEM, now=clock.now())
            assert isinstance(row, Approval), row
        for authority in setting.licenses:
            add_license(session, holder, authority, setting.expires_on)
        return certificates.add_enrolment(session, holder, course).id


def add_license(
    session: Session, holder: Person, authority: str, expires_on: date | None = cycles.ENDS
) -> License:
    """Let somebody have a license under the rules of an authority."""
    return cycles.store_license(session, actor_of_row(holder), authority, expires_on)


def set_provider(session: Session, app: Flask, setting: Setting) -> None:
    """Name a contact and those who sign."""
    profile = fields.profile_from_settings(settings_of_app(app))
    provider.store_first_profile(session, profile, now=clock.now())
    signing_people = [{"name": name, "title": title} for name, title in setting.signatories]
    changes = {"contact": setting.contact, "signatories": signing_people}
    provider.change_profile(session, changes, actor=SYSTEM, now=clock.now())


def review(session: Session, course: Revision) -> None:
    """Let a clinician sign a version, and reviewers of this site all of its texts."""
    slug = course.document.slug
    courses.add_entry(
        session, f"course:{slug}", "sign-off", slug=slug, by="Dr. Okoye", hash=course.content_hash
    )
    for name, text_hash in sorted(load_outline(session, course).texts_to_review):
        courses.add_entry(
            session, name, "sign-off", slug=slug, review=f"here {name}", by="Ravi", hash=text_hash
        )


def issue_all(app: Flask, attempt_id: int) -> dict[str, Certificate]:
    """Issue what an attempt earns, by authority, with the provider as stored now."""
    with app.app_context(), unit_of_work() as session:
        current.reload_provider()
        made = actions.issue_certificates_if_complete(
            session, attempt_id, issuer=signing.current_issuer(), now=clock.now()
        )
        assert not isinstance(made, actions.NotIssued), made
        for one in made:
            session.expunge(one)
    current.init_app(app)  # what one test stored is not read in the next
    return {one.authority: one for one in made}
