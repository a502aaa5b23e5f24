"""No table of a class says what single learners are granted, why, or what harm a decision did."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask import Flask

from cpd.db import db
from cpd.organisations.models import School
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from tests.factories import courses, schools
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA, MAYA, ZOE
from tests.support.visitor import Visitor

PAGE = "/schools/harbour-school"
HIDDEN = ("critical", "unsafe", "accommodation", "double time", "time limit", "100 more", "200 %")
"""Words about harm, and about what zoe is granted; the reason is asked for beside them."""
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def assignment(app: Flask, clock: MovedClock, harbour: School, evening: Cohort) -> Assignment:
    """Past due: maya failed by a harmful choice, zoe has double time, ada is excused."""
    courses.publish(app)
    schools.enter(app, ZOE, evening)
    schools.enter(app, ADA, evening)
    made = schools.assign(app, evening)
    schools.accommodate(app, ZOE, harbour, schools.DOUBLE_TIME)
    schools.extend(app, ZOE, made, schools.local(clock.now() + timedelta(days=20)))
    schools.excuse(app, ADA, made)
    Learner(app, MAYA, context=made.public_id).fail_critically()
    courses.enrol(app, ZOE, context=made.public_id)
    Learner(app, ZOE, context=made.public_id).practice()
    return made


def addresses_of_class_tables(assignment: Assignment) -> list[str]:
    """Return where a class is shown: each page that has more than one person on it."""
    of_assignment = f"{PAGE}/assignments/{assignment.public_id}"
    of_class = f"{PAGE}/classes/{assignment.cohort.public_id}"
    return [
        PAGE,
        f"{PAGE}/people",
        f"{PAGE}/assignments",
        of_assignment,
        f"{of_assignment}/gradebook",
        f"{of_assignment}/gradebook?view=all&sort=behind",
        f"{of_assignment}/report",
        f"{of_assignment}/report?view=all",
        of_class,
        f"{PAGE}/topics",
        f"{PAGE}/topics?answers=practice",
        f"{of_class}/topics",
        f"{of_class}/topics?answers=practice&view=all",
        f"{of_class}/topics/heat-stroke",
        f"{of_class}/topics/heat-stroke?answers=practice",
    ]


def read_class_tables(visitor: Visitor, assignment: Assignment) -> dict[str, str]:
    """Return the main part of every page of a class, and both exports, in lower case."""
    shown = {
        address: visitor.get(address).html.partition("<main")[2].partition("</main>")[0]
        for address in addresses_of_class_tables(assignment)
    }
    export = f"{PAGE}/assignments/{assignment.public_id}/gradebook/file"
    shown["csv"] = visitor.post(export, {"format": "csv"}, status=200).html
    workbook = visitor.post(export, {"format": "xlsx"}, status=200).response.data
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        shown["xlsx"] = "".join(archive.read(it).decode() for it in archive.namelist())
    return {address: _leave_names_out(text).lower() for address, text in shown.items()}


def _leave_names_out(html: str) -> str:
    """Return a page without the names of icons, which nobody reads."""
    return re.sub(r'href="[^"]*"', "", html)


def find_hidden_words(text: str) -> list[str]:
    """Return what a table of a class must not say, of what it says."""
    return [word for word in (*HIDDEN, schools.REASON.lower()) if word in text]


@on_sqlite
def test_no_class_table_shows_a_grant_its_reason_or_the_harm(
    assignment: Assignment, coordinator: Visitor
) -> None:
    shown = read_class_tables(coordinator, assignment)
    assert {
        address: found for address in shown if (found := find_hidden_words(shown[address]))
    } == {}
    gradebook = next(text for address, text in shown.items() if address.endswith("/gradebook"))
    for needed in ("excused", "not passed yet"):
        assert needed in gradebook


@on_sqlite
def test_control_the_page_of_a_learner_says_what_is_granted_and_why(
    app: Flask, assignment: Assignment, coordinator: Visitor
) -> None:
    """The same search finds it there, where those who grant may read it."""
    del assignment
    with app.app_context():
        member = schools.membership_of(db.session(), ZOE).public_id
    page = coordinator.get(f"{PAGE}/people/{member}").html
    assert schools.REASON.lower() in find_hidden_words(page.lower())
    assert find_hidden_words("a critical decision") == ["critical"]
