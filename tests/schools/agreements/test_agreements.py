"""An employer sees completed or not yet, and more only while the person agrees."""

import csv
import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.audit import AuditEntry
from cpd.db import db
from cpd.organisations.models import School
from cpd.schools.agreements.models import Agreement
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from cpd.schools.files.queries import find_scored_class
from tests.factories import accounts, courses, organisations, schools
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.visitor import Visitor

PAGE = "/schools/harbour-school"
ONCE = re.compile('name="csrf_token" value="[^"]*"|page=[^"&]*|</main>.*', re.DOTALL)
"""What differs each time a page is shown."""
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MORE = ('"needs practice', "Sections finished", "Tries at the exam", "Needs practice on")


@pytest.fixture
def assignment(app: Flask, harbour: School, evening: Cohort) -> Assignment:
    """Assigned by a clinic to maya, who failed by a harmful choice, and zoe, who passed."""
    courses.publish(app)
    organisations.make_employer(app, harbour)
    schools.enter(app, ZOE, evening)
    made = schools.assign(app, evening)
    Learner(app, MAYA, context=made.public_id).fail_critically()
    Learner(app, ZOE, context=made.public_id).pass_exam()
    return made


def pages_about(app: Flask, assignment: Assignment) -> dict[str, str]:
    """Return the addresses at which a coordinator looks at a class or at maya."""
    with app.app_context():
        maya = schools.membership_of(db.session(), MAYA).public_id
    of_assignment = f"{PAGE}/assignments/{assignment.public_id}"
    of_class = f"{PAGE}/classes/{assignment.cohort.public_id}/topics"
    return {
        "home": PAGE,
        "gradebook": f"{of_assignment}/gradebook",
        "what she did": f"{of_assignment}/learners/{maya}",
        "her page": f"{PAGE}/people/{maya}",
        "report": f"{of_assignment}/report",
        "topics": f"{PAGE}/topics",
        "topics of her class": of_class,
        "heat stroke": f"{of_class}/heat-stroke",
    }


def look(app: Flask, coordinator: Visitor, assignment: Assignment) -> dict[str, str]:
    """Return all that a coordinator sees, without what stands on every page."""
    shown = {
        name: ONCE.sub("", coordinator.get(address).html.partition("<main")[2])
        for name, address in pages_about(app, assignment).items()
    }
    export = f"{PAGE}/assignments/{assignment.public_id}/gradebook/file"
    shown["export"] = coordinator.post(export, {"format": "csv"}, status=200).html
    return shown


def scores_to_fill(app: Flask, assignment: Assignment) -> list[str]:
    """Return whose score a file would be filled with, by membership."""
    with app.app_context():
        reach = Reach(assignment.cohort.school.scope)
        return list(find_scored_class(db.session(), reach, assignment).scores)


def test_more_is_seen_from_the_agreement_on_until_it_is_withdrawn(
    app: Flask,
    clock: MovedClock,
    assignment: Assignment,
    coordinator: Visitor,
    maya: Visitor,
    zoe: Visitor,
) -> None:
    clock.advance(minutes=1)
    closed = look(app, coordinator, assignment)
    assert "Not completed yet" in closed["report"]
    assert "Not completed yet" in closed["gradebook"]
    for name, html in closed.items():
        for more in ("not-passed", "Not passed", "Passed", "Decided:", *MORE):
            assert more not in html, (name, more)
    assert not scores_to_fill(app, assignment)

    page = f"/schools/assigned/{assignment.public_id}/seen"
    for visitor, named in ((maya, MAYA), (zoe, ZOE)):
        accounts.let_in(visitor, named)
        assert "Tries at the exam" not in visitor.get(page).text
        visitor.submit({}, action=f"{page.removesuffix('/seen')}/agreement", status=303)
        assert "Tries at the exam" in visitor.get(page).text
    assert "Decided:" in maya.get(page).text

    opened = look(app, coordinator, assignment)
    for name, html in opened.items():
        assert html != closed[name], name
    assert "Not passed yet" in opened["gradebook"]
    assert "Passed, 100" in opened["gradebook"]
    assert "Try 1 was graded: not passed yet" in opened["what she did"]
    assert "Decided:" in opened["her page"]
    assert "Needs practice on" in opened["report"]
    assert "not-passed" in opened["export"]
    assert len(scores_to_fill(app, assignment)) == 1
    coordinator.get(f"{pages_about(app, assignment)['what she did']}/grade", status=404)

    for visitor in (maya, zoe):
        visitor.get(page)
        visitor.submit({}, action=f"{page.removesuffix('/seen')}/agreement/end", status=303)
        assert "Tries at the exam" not in visitor.get(page).text
    assert look(app, coordinator, assignment) == closed
    assert not scores_to_fill(app, assignment)
    with app.app_context():
        entries = db.session().scalars(select(AuditEntry.action)).all()
        kept = db.session().scalars(select(Agreement)).all()
    assert entries.count("schools:agreement:give") == 2
    assert entries.count("schools:agreement:withdraw") == 2
    assert all(it.withdrawn_at is not None for it in kept)


@on_sqlite
def test_one_who_agrees_says_nothing_of_another(
    app: Flask, assignment: Assignment, coordinator: Visitor
) -> None:
    schools.agree(app, MAYA, assignment)
    schools.agree(app, MAYA, assignment)  # twice is once
    shown = look(app, coordinator, assignment)
    assert "Passed" not in shown["gradebook"].partition("<table")[2]
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(shown["export"]))}
    assert rows[ZOE.full_name]["state"] == "completed"
    assert rows[ZOE.full_name]["score_percent"] == rows[ZOE.full_name]["tries"] == ""
    assert rows[MAYA.full_name]["state"] == "not-passed"
    assert rows[MAYA.full_name]["tries"] == "1"
    assert not scores_to_fill(app, assignment), "zoe passed, and has not agreed"
    with app.app_context():
        assert len(db.session().scalars(select(Agreement)).all()) == 1


@on_sqlite
def test_a_school_needs_no_agreement(
    app: Flask, harbour: School, evening: Cohort, maya: Visitor
) -> None:
    courses.publish(app)
    made = schools.assign(app, evening)
    accounts.let_in(maya, MAYA)
    page = maya.get(f"/schools/assigned/{made.public_id}/seen")
    assert "see more" not in page.text
    maya.post(f"/schools/assigned/{made.public_id}/agreement", status=404)
