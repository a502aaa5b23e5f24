"""What the life of an attempt asks of the topics and rooms above it."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.joints.questions import Question
from cpd.quizzes.attempts.models import Attempt

rests_a_certificate_on: Question[[Session, int], bool] = Question("quizzes.rests_a_certificate_on")
"""Whether a valid certificate rests on an attempt."""

grade: Question[[Session, Attempt, int, datetime], None] = Question("quizzes.grade")
"""Grade an attempt closed or voided by the move of this number: now, or later if that fails."""
