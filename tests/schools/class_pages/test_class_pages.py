"""The pages of classes: who is in one, who teaches it, and how it begins and ends."""

from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import Role
from cpd.accounts.models import RoleAssignmentRow
from cpd.db import db
from cpd.schools.cohorts.models import Cohort, CohortMember
from tests.factories import accounts, courses, organisations, schools
from tests.support.people import MAYA, RAVI, ZOE, Person
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CLASSES = "/schools/harbour-school/classes"


def page_of(cohort: Cohort) -> str:
    return f"{CLASSES}/{cohort.public_id}"


def member(app: Flask, named: Person) -> str:
    with app.app_context():
        return schools.membership_of(db.session(), named).public_id


def test_a_class_is_made_renamed_filled_and_archived(
    app: Flask, evening: Cohort, coordinator: Visitor
) -> None:
    organisations.join(app, ZOE, evening.school)
    coordinator.get(f"{CLASSES}/new")
    taken = coordinator.submit({"name": evening.name}, status=409)
    assert "Another class has this name." in taken.text
    coordinator.submit({"name": "Morning class"})
    assert "Maya Okafor" in coordinator.follow().text
    coordinator.submit({}, action="/learners", status=422)
    coordinator.submit([("members", member(app, ZOE))], action="/learners")
    page = coordinator.follow()
    assert "One person in the class" in page.text
    coordinator.get(f"{page.path}/settings")
    coordinator.submit({"name": "Early class"}, action="/settings")
    assert "Early class" in coordinator.follow().text
    coordinator.post(f"{page.path}/archive")
    assert "archived on" in coordinator.follow().text
    late = coordinator.post(f"{page.path}/learners", {"members": member(app, MAYA)}, status=409)
    assert "This class is archived, so nobody new can join." in late.text


def test_who_is_to_teach_gets_the_role_and_sees_the_class_alone(
    app: Flask, evening: Cohort, coordinator: Visitor
) -> None:
    other = schools.cohort(app, evening.school, "Morning class")
    organisations.join(app, ZOE, evening.school)
    coordinator.get(f"{page_of(evening)}/people")
    coordinator.post(f"{page_of(evening)}/instructors", {"members": member(app, ZOE)})
    with app.app_context():
        held = sa.select(RoleAssignmentRow.role).where(
            RoleAssignmentRow.person_id == accounts.row_of(ZOE).id,
            RoleAssignmentRow.scope_id == evening.school.public_id,
        )
        assert db.session.scalars(held).all() == [Role.INSTRUCTOR]
        subject = accounts.row_of(ZOE).subject
    ravi = accounts.let_in(Visitor(app, "ravi"), RAVI)
    assert ZOE.full_name in ravi.get(page_of(evening)).text
    assert "Morning class" not in ravi.get(CLASSES).text
    ravi.get(page_of(other), status=404)
    assert MAYA.full_name in ravi.get("/schools/harbour-school/people").text
    assert ZOE.full_name not in ravi.get("/schools/harbour-school/people").text
    schools.teach(app, ZOE, other)
    coordinator.post(f"{page_of(other)}/instructors/removal", {"member": subject})
    with app.app_context():
        assert db.session.scalars(held).all() == [Role.INSTRUCTOR]
    coordinator.post(f"{page_of(evening)}/instructors/removal", {"member": subject})
    assert ZOE.full_name not in coordinator.follow().text
    coordinator.post(f"{page_of(evening)}/instructors/removal", {"member": subject}, status=404)
    with app.app_context():
        assert db.session.scalars(held).all() == [], "that was the last class"


@pytest.mark.parametrize("path", ["/learners", "/instructors", "/learners/removal"])
def test_members_of_another_school_are_not_there(
    app: Flask, evening: Cohort, coordinator: Visitor, path: str
) -> None:
    hill = organisations.school(app, "Hill Clinic")
    organisations.join(app, ZOE, hill)
    foreign = member(app, ZOE)
    name = "member" if path.endswith("removal") else "members"
    sent = [(name, foreign)] if name == "member" else [(name, member(app, MAYA)), (name, foreign)]
    coordinator.get(f"{page_of(evening)}/people")
    coordinator.post(f"{page_of(evening)}{path}", sent, status=404)
    with app.app_context():
        inside = db.session.scalars(sa.select(CohortMember)).all()
        assert [row.until_at for row in inside] == [None]


def test_a_learner_is_taken_out(app: Flask, evening: Cohort, coordinator: Visitor) -> None:
    coordinator.get(page_of(evening))
    coordinator.submit({}, action="/learners/removal")
    assert "Nobody is in this class yet." in coordinator.follow().text


def test_more_people_and_assignments_cost_no_more_queries(
    app: Flask, evening: Cohort, coordinator: Visitor
) -> None:
    courses.publish(app)
    schools.assign(app, evening)
    counts: dict[str, Mapping[str, int]] = {}
    pages = {
        "class": page_of(evening),
        "classes": CLASSES,
        "people": f"{page_of(evening)}/people",
    }
    for when in ("few", "more"):
        for page in pages.values():
            coordinator.get(page)  # whatever is cached is cached
        found = {}
        for name, page in pages.items():
            with asked(app) as statements:
                coordinator.get(page)
            found[name] = len(statements)
        counts[when] = found
        if when == "few":
            schools.enter(app, ZOE, evening)
            schools.assign(app, evening)
            schools.cohort(app, evening.school, "Morning class")
    assert counts["few"] == counts["more"]
    assert max(counts["more"].values()) <= 12
