"""Each message is sent once, though the worker is killed at every step, in any part of a year."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import delete, select

from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock as kernel_clock
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.local_times import LocalTime
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.cohorts.models import Cohort
from cpd.schools.sweeps import PURPOSE
from tests.factories import schools
from tests.schools.messages.conftest import CHICAGO, live_in
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, RAVI, ZOE
from tests.support.post import PostOffice
from tests.support.queries import listening

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
KATHMANDU = "Asia/Kathmandu"
ZONES = {MAYA.email: CHICAGO, RAVI.email: CHICAGO, ZOE.email: KATHMANDU}
AFTER_A_LEASE = timedelta(minutes=3)


class KilledError(BaseException):
    """The worker's process ends here."""


def work_until_killed(app: Flask, at: int) -> bool:
    """Run what is due, and kill the worker before its n-th statement; tell whether it came."""
    statements = count(1)

    def kill(*_: Any) -> None:
        if next(statements) == at:
            raise KilledError

    try:
        with listening(app, kill), app.app_context():
            worker.run_all_due_jobs()
    except KilledError:
        return True
    return False


def sent_by_id(post: PostOffice) -> dict[str, tuple[str, str]]:
    """Return to whom and under which subject each email went; its id is in it only once."""
    found: dict[str, tuple[str, str]] = {}
    for email in post.emails:
        said = (email.to[0], email.subject)
        assert found.setdefault(str(email.message["Message-ID"]), said) == said
    return found


def test_killed_before_every_statement_it_sends_everything_once(
    app: Flask, evening: Cohort, clock: MovedClock, post: PostOffice
) -> None:
    """What the server had taken goes out again under the same id, by which programs know it."""
    schools.enter(app, ZOE, evening)
    schools.assign(app, evening, schools.window_of_days(None, 2))
    clock.advance(minutes=30)
    kills = 0
    while work_until_killed(app, kills + 1):
        kills += 1
        clock.advance(seconds=AFTER_A_LEASE.seconds)
    assert kills > 12
    sent = sent_by_id(post)
    assert Counter(to for to, _ in sent.values()) == {MAYA.email: 1, ZOE.email: 1, RAVI.email: 1}
    clock.advance(hours=2)
    assert post.collect(app) == []


def test_what_was_assigned_before_there_were_messages_is_reminded_of_once(
    app: Flask, evening: Cohort, clock: MovedClock, post: PostOffice
) -> None:
    schools.assign(app, evening, schools.window_of_days(None, 2))
    with app.app_context(), unit_of_work() as session:
        session.execute(delete(OutboxItem))
    clock.advance(minutes=30)
    assert post.collect(app) == []
    for _worker in range(2):
        with app.app_context():
            worker.enqueue_repeating_jobs()
    clock.advance(minutes=30)
    assert Counter(email.to[0] for email in post.collect(app)) == {MAYA.email: 1, RAVI.email: 1}
    with app.app_context():
        worker.enqueue_repeating_jobs()
        (sweep,) = db.session.scalars(
            select(OutboxItem).where(OutboxItem.purpose == PURPOSE, OutboxItem.done_at.is_(None))
        )
        assert sweep.due_at == kernel_clock.now() + timedelta(minutes=30)
    clock.advance(minutes=30)
    assert post.collect(app) == []


def assign_every_week(app: Flask, cohort: Cohort, first: datetime, weeks: int) -> list[Assignment]:
    """Assign a course for each Monday evening in London."""
    dues = [LocalTime(first + timedelta(weeks=week), "Europe/London") for week in range(weeks)]
    return [schools.assign(app, cohort, Window(due)) for due in dues]


@on_sqlite
@pytest.mark.parametrize(
    ("begin", "weeks", "hours"),
    [
        pytest.param("2027-03-08", 1, 5, id="a week in which the clocks of one reader change"),
        pytest.param("2027-01-04", 52, 1, id="a year", marks=pytest.mark.soak),
    ],
)
def test_in_any_part_of_a_year_each_comes_once_and_by_day(
    app: Flask, evening: Cohort, clock: MovedClock, post: PostOffice,
    begin: str, weeks: int, hours: int,
) -> None:  # fmt: skip
    """The worker looks every few hours, and is killed each time, one step later than before."""
    first, statements = datetime.fromisoformat(begin), cycle(range(1, 40))
    for named in (MAYA, ZOE, RAVI):
        live_in(app, named, ZONES[named.email])
    schools.enter(app, ZOE, evening)
    clock.set(first.replace(tzinfo=UTC))
    assign_every_week(app, evening, first + timedelta(days=7, hours=18), weeks)
    for step in range((weeks * 7 + 5) * 24 // hours):
        clock.set(first.replace(tzinfo=UTC) + timedelta(hours=hours * (step + 1)))
        if work_until_killed(app, next(statements)):
            clock.advance(seconds=AFTER_A_LEASE.seconds)
            work_until_killed(app, 0)
    sent = Counter(sent_by_id(post).values())
    assert sum(number for (to, _), number in sent.items() if to != RAVI.email) == 4 * weeks
    assert sum(number for (to, _), number in sent.items() if to == RAVI.email) == weeks + 1
    for email in post.emails:
        date = email.message["Date"].datetime
        assert 9 <= date.astimezone(ZoneInfo(ZONES[email.to[0]])).hour < 20
