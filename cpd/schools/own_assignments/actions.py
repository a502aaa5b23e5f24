"""What happens when somebody begins a course that was assigned to them."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.courses.events import Enrolled
from cpd.courses.models import Enrolment
from cpd.quizzes.practice.actions import set_confidence_request
from cpd.schools.accommodations.queries import find_terms_of_enrolment


def ask_confidence_if_assigned(session: Session, event: Enrolled, now: datetime) -> None:
    """Have practice cases ask how sure the learner is, if the assignment says so."""
    del now
    enrolment = session.get_one(Enrolment, event.enrolment_id)
    own = find_terms_of_enrolment(session, enrolment)
    if own is not None and own.assignment.asks_confidence:
        set_confidence_request(session, enrolment, is_wanted=True)
