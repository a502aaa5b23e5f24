"""What a person did here, for administrators: their courses, attempts and certificates."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.accounts.models import Person
from cpd.courses.enrolment.queries import find_own_courses
from cpd.dashboard.queries import find_certificates_with_facts, find_courses_in_progress
from cpd.kernel import clock
from cpd.quizzes.grading.queries import find_own_attempt_summaries
from cpd.web.markup import render_markup

MOST = 50
"""The most attempts and certificates that are shown; nobody has this many."""


def render_record_of_person(session: Session, actor: Actor, person: Person) -> Markup:
    """Return a person's courses, attempts and certificates; empty for people who may not see them.

    It says whether someone passed, and not what they decided: answers are between a learner and
    their course.
    """
    if not actor.may(Permission.RECORD_READ):
        return Markup("")
    owner, now = Actor(person.id, person.subject), clock.now()
    mine = find_own_courses(session, owner)
    in_progress = find_courses_in_progress(session, owner, mine, now=now)
    return render_markup(
        "dashboard/_person.html",
        courses=mine,
        progress={course.enrolment.id: course.progress for course in in_progress},
        attempts=find_own_attempt_summaries(session, owner, now=now)[:MOST],
        certificates=[
            (certificate, facts["code"], facts)
            for certificate, facts in find_certificates_with_facts(session, owner, at_most=MOST)
        ],
    )
