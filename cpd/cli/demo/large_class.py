"""`cpd demo --learners`: a large class in the school of the demo."""

import click

from cpd.cli.demo.crowd import add_crowd
from cpd.cli.demo.school import SCHOOL
from cpd.cli.demo.teaching import COORDINATOR, assign_to_class
from cpd.cli.demo.term import Term, expect
from cpd.config import current_settings
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.models import School
from cpd.organisations.queries import find_school_by_slug
from cpd.schools.assignments.rules.terms import AssignmentTerms
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.cohorts.actions import create_cohort
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import find_current_cohort_by_name


def add_large_class(count: int) -> str:
    """Add a class of so many learners, with a progress bar; return where its gradebook is."""
    term = Term(expect(School, find_school_by_slug(db.session(), SCHOOL.slug)))
    now = clock.now()
    with unit_of_work() as session:
        name, omar = _find_free_name(term, count), term.find_actor(COORDINATOR)
        expect(Cohort, create_cohort(session, term.reach, name, actor=omar, now=now))
        day = (now - term.school.created_at).days
        window = Window(term.local_time(day - 1), None, term.local_time(day + 30))
        assignment = assign_to_class(term, name, window, AssignmentTerms(), now)
    with click.progressbar(length=count, label=f"Adding {count} learners") as progress:
        for added in add_crowd(assignment, count, now=now):
            progress.update(added)
    path = f"/schools/{SCHOOL.slug}/assignments/{assignment.public_id}/gradebook"
    return f"{COORDINATOR}@demo.example opens it at {current_settings().public_url}{path}"


def _find_free_name(term: Term, count: int) -> str:
    """Return a name that no class has."""
    name, number = f"Class of {count}", 1
    while find_current_cohort_by_name(db.session(), term.reach, name) is not None:
        number += 1
        name = f"Class of {count}, {number}"
    return name
