"""What the practice of weak spots asks of the rooms above it."""

from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment
from cpd.joints.questions import Question

assigned_weak_spots: Question[[Session, Enrolment], int] = Question("quizzes.assigned_weak_spots")
"""How many practice cases somebody is to decide again; 0 if nobody asks for it."""
