"""Reads of whether somebody needs credit for a course."""

from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment
from cpd.credit.needs.models import CreditNeed


def is_credit_wanted(session: Session, enrolment: Enrolment) -> bool | None:
    """Return what a learner answered; None until they have, which is taken as a yes."""
    answer = session.get(CreditNeed, enrolment.id)
    return None if answer is None else answer.is_wanted
