"""Filling a database with the demo, once."""

import sys
from datetime import datetime, timedelta

from sqlalchemy import func, select

from cpd.accounts.models import Person
from cpd.authoring.publish.releases import is_library_up_to_date
from cpd.cli import offers
from cpd.cli.demo import stories
from cpd.cli.demo.classmates import CLASSMATES
from cpd.cli.demo.cycles import add_cycles_if_missing
from cpd.cli.demo.drafts import add_drafts
from cpd.cli.demo.people import (
    PEOPLE,
    add_missing_people,
    build_actor_of_person,
    find_people_by_login,
)
from cpd.cli.demo.remarks import add_remarks
from cpd.cli.demo.reports import add_reports_if_missing
from cpd.cli.demo.school import add_school_if_missing, play_term_to_its_end
from cpd.cli.demo.term import DAYS
from cpd.db import DEMO, DatabaseMark, db
from cpd.kernel import clock

OPENED_BEFORE = timedelta(days=DAYS)
"""How long ago the demo opened: before any date of its course, if need be, to hold a term."""


def fill_demo_site() -> None:
    """Publish the shipped courses, and create the people and their history once.

    The next run adds what an interrupted run left out; nothing that exists is changed.
    """
    is_filled = db.session.get(DatabaseMark, DEMO) is not None
    if not is_filled and db.session.scalar(select(func.count()).select_from(Person)):
        sys.exit("This database has real people, so no demo was added to it.")
    now = clock.now()
    if not is_library_up_to_date(db.session()):
        _publish_courses(now if is_filled else now - OPENED_BEFORE)
    add_missing_people([*PEOPLE, *(mate.person for mate in CLASSMATES)], now=now - OPENED_BEFORE)
    add_school_if_missing(now=now - OPENED_BEFORE)
    add_remarks(now=now)
    add_drafts(now=now)
    add_cycles_if_missing(now=now)
    for person in PEOPLE:  # an interrupted run may have left out some stories
        if person.story is not None and not stories.has_begun_story(person):
            stories.play_story(person, now - timedelta(days=person.days_ago))
    play_term_to_its_end()
    add_reports_if_missing(build_actor_of_person(find_people_by_login()["ines"]), now=now)


def _publish_courses(now: datetime) -> None:
    """Publish the shipped courses: as of the opening at first, in later releases as of now."""
    if due := offers.load_releases_to_publish():
        with clock.freeze_at(now):
            offers.publish_releases(due)
