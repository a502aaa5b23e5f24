"""An administrator keeps the approvals: entering, refusing, renewing and withdrawing them."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM
from cpd.credit.approvals import actions
from cpd.credit.approvals.actions import EntryFault, NewApproval, Refused
from cpd.credit.approvals.models import Approval
from cpd.credit.rules.approvals import ApprovalFault
from cpd.credit.rules.claims import ClaimFault
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories import credit, pilots
from tests.factories.courses import SLUG
from tests.support.moved_clock import MovedClock
from tests.support.queries import asked
from tests.support.visitor import Answer, Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FORM = {
    "authority": "ncbtmb",
    "covers": f"course:{SLUG}",
    "number": "C-1",
    "title": "Massage on a hot day",
    "amount": "0.01",
    "first_day": "2026-01-01",
    "last_day": "2026-12-31",
}


def send_form(who: Visitor, *, status: int = 303, **changes: Any) -> Answer:
    """Send the form with its letter, as a browser uploads it."""
    sent: dict[str, Any] = {**credit.EMPTY_FORM, **FORM, "letter": credit.LETTER, **changes}
    who.get("/approvals/new")
    upload = (io.BytesIO(sent.pop("letter")), "letter.pdf")
    sent |= {"letter": upload, "csrf_token": who.token}
    return who.send("POST", "/approvals", status=status, data=sent)


def test_an_approval_is_entered_from_its_letter_and_withdrawn(app: Flask, ines: Visitor) -> None:
    made = send_form(ines, number="20-77").location
    page = ines.get(made).page
    for said in ("Massage on a hot day", "20-77", "0.01", "31 December 2026"):
        assert said in page.text
    sent = ines.get(f"{made}/letter")
    assert sent.response.data == credit.LETTER
    assert sent.response.headers["Content-Disposition"].startswith("attachment")
    ines.get(made)
    ines.submit({"reason": " "}, status=422)
    ines.submit({"reason": "Entered twice"}, status=303)
    assert "Withdraw this approval" not in ines.get(made).text
    with app.app_context():
        trail = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("credit:"))
        ).all()
        assert [entry.action for entry in trail] == [
            "credit:approval:enter",
            "credit:approval:withdraw",
        ]
        assert trail[1].detail == {"reason": "Entered twice"}


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last_day": "2025-12-31"}, "The last day lies before the first day."),
        ({"last_day": "2026-02-30"}, "This date does not exist."),
        ({"first_day": "0026-01-01"}, "Choose a year from 1950 to 2099."),
        ({"amount": "900"}, "more than the credit worksheet computes"),
        ({"amount": "900", "pilot": pilots.PILOTED}, "more than the median time of the pilot"),
        ({"amount": "0"}, "Enter a number above zero."),
        ({"amount": ""}, "at most two decimals"),
        ({"pilot": "pil_absent"}, "Choose one of the answers that are offered."),
        ({"authority": "cmto"}, "They count no time"),
        ({"authority": "texas"}, "the report of a pilot group is needed"),
        ({"covers": "provider"}, "Leave this empty for the provider."),
        ({"letter": b"GIF89a"}, "This is not a PDF file."),
    ],
)
def test_an_approval_that_cannot_be_is_refused_with_the_reason(
    app: Flask, ines: Visitor, changes: Mapping[str, Any], said: str
) -> None:
    pilots.report(app, 60, 61, 62)
    assert said in send_form(ines, status=422, **changes).page.text


@on_sqlite
@pytest.mark.parametrize(
    ("new", "why"),
    [
        (replace(credit.COURSE, number="C-2"), ApprovalFault.OVERLAPS),
        (replace(credit.COURSE, course="absent"), EntryFault.NO_COURSE),
        (replace(credit.COURSE, amount=None, first_day=date(2029, 1, 1), last_day=None),
         ClaimFault.NOT_POSITIVE),
    ],
)  # fmt: skip
def test_a_second_approval_must_follow_the_first(
    app: Flask, new: NewApproval, why: Refused
) -> None:
    credit.approve(app, credit.PROVIDER, credit.COURSE)
    later = replace(credit.COURSE, first_day=date(2029, 1, 1), last_day=None)
    with app.app_context(), unit_of_work() as session:
        refused = actions.add_approval(session, new, actor=SYSTEM, now=clock.now())
    assert refused == why
    credit.approve(app, later)


@on_sqlite
def test_a_pilot_group_bears_out_more_than_the_formula(app: Flask) -> None:
    more = replace(credit.COURSE, amount=Decimal("1.00"), pilot=pilots.report(app, 58, 60, 75))
    with app.app_context(), unit_of_work() as session:
        unknown = replace(more, pilot="pil_absent")
        refused = actions.add_approval(session, unknown, actor=SYSTEM, now=clock.now())
        assert refused is EntryFault.NO_REPORT
    (made,) = credit.approve(app, more)
    with app.app_context():
        row = db.session.scalars(select(Approval).where(Approval.public_id == made)).one()
        assert row.pilot["pilot"] == pilots.PILOTED


@on_sqlite
def test_what_ends_soon_waits_to_be_renewed(app: Flask, ines: Visitor, clock: MovedClock) -> None:
    ends = (clock.now().date()).replace(day=28)
    (made,) = credit.approve(app, replace(credit.COURSE, last_day=ends))
    credit.approve(app, credit.PROVIDER)
    queue = ines.get("/approvals?show=to-renew").page
    assert "To renew (1)" in queue.text
    assert f"/approvals/{made}" in queue.links().values()
    assert "450123-06" not in queue.text
    assert "450123-06" in ines.get("/approvals").text
    with asked(app) as statements:
        ines.get("/approvals")
    count = len(statements)
    credit.approve(
        app, replace(credit.COURSE, first_day=date(2030, 1, 1), last_day=date(2030, 12, 31))
    )
    assert "To renew (0)" in ines.get("/approvals?show=to-renew").page.text
    with asked(app) as statements:
        ines.get("/approvals")
    assert len(statements) == count
    ines.get("/approvals?show=other", status=404)
    ines.get("/approvals?page=2", status=404)
