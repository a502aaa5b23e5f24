"""A pilot group: told that it earns no credit, measured, reported once, attached to an approval."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.permissions import SYSTEM
from cpd.courses.models import Enrolment, EnrolmentDisclosure
from cpd.credit.pilots import actions, queries
from cpd.credit.rules.pilots import PilotFault
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories import courses, credit, pilots
from tests.factories.courses import SLUG
from tests.support.people import ADA, MAYA, RAVI, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_group_is_started_joined_finished_and_bears_out_an_approval(
    app: Flask, ines: Visitor, zoe: Visitor
) -> None:
    ines.get("/pilots/new")
    made = ines.submit({"course": f"course:{SLUG}"}, status=303).location
    public_id = made.rpartition("/")[2]
    link = f"/courses/{SLUG}/for/{public_id}"
    assert link in ines.get(made).page.links().values()
    page = zoe.get(link).page
    assert "It earns no credit, whatever is approved" in page.text
    zoe.submit({}, action="/enrolment", status=303)
    with app.app_context():
        enrolment = db.session.scalars(
            select(Enrolment).where(Enrolment.context == public_id)
        ).one()
        told = db.session.scalars(
            select(EnrolmentDisclosure.lines).where(
                EnrolmentDisclosure.enrolment_id == enrolment.id
            )
        ).one()
        assert told[0]["label"] == "Pilot group"
        (credit_line,) = (line["text"] for line in told if line["label"] == "Credit")
        assert credit_line == "For study; no CE credit."
    pilots.take(app, ZOE, public_id, 52)
    pilots.take(app, MAYA, public_id, 61)
    ines.get(made)
    refused = ines.submit({}, action="/report", status=409)
    assert "At least three learners must have read everything" in refused.page.text
    pilots.take(app, RAVI, public_id, 40)
    ines.get(made)
    ines.submit({}, action="/report", status=303)
    page = ines.get(made).page
    assert "40 and 61 minutes" in page.text
    assert "1.04 hours" in page.text  # Florida's hours have 50 minutes
    pilots.take(app, ADA, public_id, 500)
    assert "40 and 61 minutes" in ines.get(made).text
    with app.app_context(), unit_of_work() as session:
        pilot = queries.find_pilot_to_join(session, public_id)
        assert pilot is not None
        again = actions.finish_pilot(session, pilot, actor=SYSTEM, now=clock.now())
        assert again is PilotFault.FINISHED
    assert f'value="{public_id}"' in ines.get("/approvals/new").page.html
    more = replace(credit.COURSE, authority="florida", amount=Decimal("1.04"), pilot=public_id)
    credit.approve(app, more)


@on_sqlite
def test_who_may_join_and_until_when(
    app: Flask, maya: Visitor, stranger: Visitor, ines: Visitor
) -> None:
    public_id = pilots.start(app)
    link = f"/courses/{SLUG}/for/{public_id}"
    assert "/sign-in" in stranger.get(link, status=302).location
    maya.get(f"/courses/{SLUG}/for/pil_absent", status=404)
    maya.get(f"/courses/absent/for/{public_id}", status=404)
    ines.get("/pilots/new")
    refused = ines.submit({"course": f"course:{SLUG}"}, status=422)
    assert "A pilot group is taking the newest version" in refused.page.text
    finished = pilots.report(app, 60, 61, 62)
    closed = maya.get(f"/courses/{SLUG}/for/{finished}").page
    assert "This pilot group has finished." in closed.text
    assert "Start this course" not in closed.text
    with app.app_context(), unit_of_work() as session:
        none = actions.start_pilot(session, "absent", actor=SYSTEM, now=clock.now())
        assert none is PilotFault.NO_COURSE


@on_sqlite
def test_a_newer_version_is_not_what_the_group_takes(
    app: Flask, maya: Visitor, tmp_path: Path
) -> None:
    public_id = pilots.start(app)
    pilots.take(app, ZOE, public_id, 5)
    courses.publish(app, courses.altered(tmp_path, {"course.md": ("Two short", "Two brief")}))
    page = maya.get(f"/courses/{SLUG}/for/{public_id}").page
    assert "took an earlier version of the course" in page.text
    maya.send("POST", f"/courses/{SLUG}/for/{public_id}/enrolment", status=409, data={
        "csrf_token": maya.token, "version": "", "shown": ""})  # fmt: skip
    pilots.start(app)


@on_sqlite
def test_the_course_page_of_a_group_says_that_nothing_counts(app: Flask, maya: Visitor) -> None:
    public_id = pilots.start(app)
    text = maya.get(f"/courses/{SLUG}/for/{public_id}/credit").text
    assert "It is taken in a pilot group, which earns no credit." in text
    assert "pilot group, which" not in maya.get(f"/courses/{SLUG}/credit").text


@on_sqlite
def test_pages_of_groups_ask_no_more_for_more_learners(app: Flask, ines: Visitor) -> None:
    public_id = pilots.start(app)
    pages = ("/pilots", f"/pilots/{public_id}", "/approvals/new")
    counts = []
    for person in (MAYA, ZOE):
        pilots.take(app, person, public_id, 2, finishes=person is ZOE)
        for page in pages:
            ines.get(page)
            with asked(app) as statements:
                ines.get(page)
            counts.append(len(statements))
    assert counts[:3] == counts[3:]
