"""What attempts ask of the topics and rooms above them."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.joints.questions import Question
from cpd.quizzes.attempts.models import Attempt

has_valid_certificate: Question[[Session, int], bool] = Question("quizzes.has_valid_certificate")
"""Whether a valid certificate was issued for an attempt (by id)."""

grade: Question[[Session, Attempt, int, datetime], None] = Question("quizzes.grade")
"""Grade an attempt that the move with this number closed or voided; later if it fails now."""
