"""A class of a thousand learners in every state, for the gradebook and the safety topics."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import Role
from cpd.cli.demo.crowd import add_crowd
from cpd.db import unit_of_work
from cpd.kernel import clock
from scripts.bench.authors import let_in_with_code
from scripts.bench.browser import Browser
from scripts.bench.learners import COURSE
from tests.factories import accounts, organisations, schools
from tests.support.people import Person

LEARNERS = 1000
COORDINATOR = Person("bench-coordinator", "Bench Coordinator", "looks at a class")


@dataclass(frozen=True)
class LargeClass:
    """The gradebook and the safety topics of a large class, and who may open them."""

    path: str
    topics_path: str
    app: Flask

    def open_browser(self, url: str) -> Browser:
        """Return a browser in which the coordinator is signed in, with a code from an app."""
        return let_in_with_code(self.app, COORDINATOR, url)


def add_large_class(app: Flask) -> LargeClass:
    """Add it; a graded attempt must exist, of which tries are copies."""
    school = organisations.school(app, "Bench School")
    accounts.password_hash()  # before the write begins
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email=COORDINATOR.email, name=COORDINATOR.full_name)
        accounts.turn_codes_on(session, accounts.row_of(COORDINATOR).id)
    organisations.join(app, COORDINATOR, school)
    organisations.grant(app, COORDINATOR, Role.SCHOOL_ADMIN, school)
    cohort = schools.cohort(app, school, "Bench class")
    assignment = schools.assign(app, cohort, schools.window_of_days(-30, -1), slug=COURSE)
    with app.app_context():
        for _ in add_crowd(assignment, LEARNERS, now=clock.now()):
            pass
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.text("ANALYZE"))
    path = f"/schools/{school.slug}/assignments/{assignment.public_id}/gradebook"
    topics = f"/schools/{school.slug}/classes/{cohort.public_id}/topics?course={COURSE}"
    return LargeClass(path, topics, app)
