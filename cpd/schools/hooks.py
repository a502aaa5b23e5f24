"""Where topics of schools add to its pages: a link on all of them, and parts of four of them.

A topic says in the room's `room.py` what it fills.
"""

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.joints.questions import Slot
from cpd.organisations.models import Membership, School
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach


@dataclass(frozen=True)
class SchoolLink:
    """A link in the row below the title of every page of a school."""

    label: str
    url: str


school_links: Slot[[Actor, School], SchoolLink | None] = Slot()
"""The links on every page of a school; None for people who may not follow one."""

home_panels: Slot[[Session, Actor, Reach], Markup] = Slot()
"""Parts of the home page of a school, which is a queue: what is due, who is late."""

class_panels: Slot[[Session, Actor, Reach, Cohort], Markup] = Slot()
"""Parts of the page of a class."""

assignment_panels: Slot[[Session, Actor, Reach, Assignment], Markup] = Slot()
"""Parts of the page of an assignment."""

learner_panels: Slot[[Session, Actor, Reach, Membership], Markup] = Slot()
"""Parts of the page of a learner in a school."""
