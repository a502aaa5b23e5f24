"""Filling a database with the demo, once."""

import sys
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select

from cpd.accounts.models import Person
from cpd.authoring.publish.releases import is_library_up_to_date
from cpd.cli import offers
from cpd.cli.demo import stories
from cpd.cli.demo.course import find_release_date_of_demo_course
from cpd.cli.demo.cycles import add_cycles_if_missing
from cpd.cli.demo.drafts import add_drafts
from cpd.cli.demo.people import PEOPLE, add_missing_people
from cpd.cli.demo.remarks import add_remarks
from cpd.cli.demo.school import add_school_if_missing, play_school_if_missing
from cpd.db import DEMO, DatabaseMark, db
from cpd.kernel import clock

FIRST_SIGN_IN_AFTER = timedelta(minutes=30)
"""The shortest time between the opening and the first story."""
LONGEST_STORY = timedelta(hours=4)


def fill_demo_site() -> None:
    """Publish the shipped courses, and create the people and their history once.

    The next run adds what an interrupted run left out; nothing that exists is changed.
    """
    is_filled = db.session.get(DatabaseMark, DEMO) is not None
    if not is_filled and db.session.scalar(select(func.count()).select_from(Person)):
        sys.exit("This database has real people, so no demo was added to it.")
    now = clock.now()
    if not is_library_up_to_date(db.session()):
        _publish_courses(now, is_filled=is_filled)
    opened_at = opening_time_of_demo(now, find_release_date_of_demo_course())
    add_missing_people(now=opened_at)
    add_school_if_missing(now=opened_at)
    add_remarks(now=now)
    add_drafts(now=now)
    add_cycles_if_missing(now=now)
    earliest = opened_at + FIRST_SIGN_IN_AFTER
    for person in PEOPLE:  # an interrupted run may have left out some stories
        if person.story is not None and not stories.has_begun_story(person):
            stories.play_story(person, max(now - timedelta(days=person.days_ago), earliest))
    latest = max(now - LONGEST_STORY, earliest)
    play_school_if_missing(now=now, earliest=earliest, latest=latest)


def opening_time_of_demo(now: datetime, released: date) -> datetime:
    """Return when the demo opened: several weeks ago, but not before its course was released."""
    release_time = datetime.combine(released, time(), UTC)
    return min(max(now - timedelta(days=43), release_time), now - LONGEST_STORY)


def _publish_courses(now: datetime, *, is_filled: bool) -> None:
    """Publish the shipped courses: as of the opening at first, in later releases as of now."""
    due = offers.load_releases_to_publish()
    if not due:
        return
    released = [
        loaded.bundle.course.file.released for _, loaded in due if loaded.bundle is not None
    ]
    with clock.freeze_at(now if is_filled else opening_time_of_demo(now, max(released))):
        offers.publish_releases(due)
