"""Measured minutes: one row for each section and day, at most one write a minute, never a lock."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.courses.reading.models import ActiveMinutes
from cpd.courses.reading.queries import find_active_minutes
from cpd.db import db
from cpd.kernel import clock as site_clock
from tests.courses.racing import at_once
from tests.factories import courses
from tests.factories.courses import SLUG, enrolment_of
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

FIRST, SECOND = (f"/courses/{SLUG}/sections/{section}" for section in ("noticing", "adapting"))
WORKSHEET = f"/courses/{SLUG}/credit-worksheet"


def report(visitor: Visitor, path: str, idle: str = "0", status: int = 204) -> None:
    visitor.post(f"{path}/active", {"idle": idle}, status=status)


def measured(app: Flask) -> dict[str, int]:
    with app.app_context():
        enrolment = enrolment_of(MAYA)
        return find_active_minutes(db.session(), [enrolment])[enrolment.id]


def test_minutes_are_counted_by_section_and_day_and_shown_apart(
    app: Flask, maya: Visitor, clock: MovedClock
) -> None:
    courses.enrol(app, MAYA)
    assert "Nothing has been measured yet." in maya.get(WORKSHEET).text
    assert "Time you studied" not in maya.get("/record").text
    maya.get(FIRST)
    for path in (FIRST, FIRST, SECOND):
        clock.advance(seconds=61)
        report(maya, path)
        report(maya, SECOND)  # a second page beside it
    courses.count_minute(app, MAYA, "noticing", now=site_clock.now() + timedelta(days=1))
    assert measured(app) == {"noticing": 3, "adapting": 1}
    with app.app_context():
        assert len(db.session.scalars(sa.select(ActiveMinutes)).all()) == 3
    page = maya.get(WORKSHEET).page
    assert "All sections 4" in page.text
    assert "apart from the figures above" in page.text
    assert "measured: 4 minutes" in maya.get("/record").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_report_too_soon_or_of_an_idle_page_writes_nothing(
    app: Flask, maya: Visitor, clock: MovedClock
) -> None:
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    with asked(app) as statements:
        report(maya, FIRST)
        clock.advance(minutes=9)
        report(maya, FIRST, idle="301")
    assert not [one for one in statements if "active_minutes" in one and "SELECT" not in one]
    for idle in ("", "-1", "1.5", "soon", "100000"):
        report(maya, FIRST, idle=idle, status=404)
    assert measured(app) == {}


def test_pages_side_by_side_count_a_minute_once(app: Flask, clock: MovedClock) -> None:
    courses.enrol(app, MAYA)
    clock.advance(minutes=5)
    now, sections = site_clock.now(), iter(("noticing", "adapting") * 4)

    def report_once() -> str:
        courses.count_minute(app, MAYA, next(sections), now=now)
        return ""

    at_once(app, report_once)
    assert sum(measured(app).values()) == 1
