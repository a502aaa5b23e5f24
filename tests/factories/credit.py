"""Approvals on file."""

from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor
from cpd.credit.approvals import actions
from cpd.credit.approvals.actions import NewApproval
from cpd.credit.approvals.models import Approval
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories.courses import SLUG

LETTER = b"%PDF-1.4\n%%EOF\n"
EMPTY_FORM = {
    "authority": "",
    "covers": "",
    "number": "",
    "title": "",
    "amount": "",
    "category": "",
    "first_day": "",
    "last_day": "",
    "pilot": "",
}
PROVIDER = NewApproval(
    authority="ncbtmb",
    course=None,
    number="450123-06",
    title="Harbour",
    first_day=date(2026, 1, 1),
    last_day=date(2028, 12, 31),
    letter=LETTER,
)
COURSE = NewApproval(
    authority="ncbtmb",
    course=SLUG,
    number="C-1",
    title="Massage on a hot day",
    first_day=date(2026, 1, 1),
    last_day=date(2028, 12, 31),
    letter=LETTER,
    amount=Decimal("0.01"),
    category="Safety",
)


def approve_provider(session: Session, *, actor: Actor, now: datetime) -> Approval:
    """Put an approval of the provider on file."""
    made = actions.add_approval(session, PROVIDER, actor=actor, now=now)
    assert isinstance(made, Approval)
    return made


def find_or_add_approval() -> Approval:
    """Return the provider's approval, which is put on file once; inside an app context."""
    found = db.session.scalars(select(Approval)).first()
    if found is not None:
        return found
    with unit_of_work() as session:
        return approve_provider(session, actor=SYSTEM, now=clock.now())


def approve(app: Flask, *approvals: NewApproval) -> list[str]:
    """Put approvals on file; returns their public ids."""
    made = []
    with app.app_context(), unit_of_work() as session:
        for new in approvals:
            row = actions.add_approval(session, new, actor=SYSTEM, now=clock.now())
            assert isinstance(row, Approval), row
            made.append(row.public_id)
    return made
