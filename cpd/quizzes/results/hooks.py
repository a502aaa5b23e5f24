"""What the result page asks of the rooms above it."""

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.hooks import Link
from cpd.joints.questions import Question
from cpd.quizzes.attempts.models import Attempt

certificate_link: Question[[Session, Actor, Attempt], Link | None] = Question(
    "quizzes.certificate_link"
)
"""The link to the actor's certificate that was issued for an attempt, if there is one."""

evaluation_link: Question[[Session, Actor, int], Link | None] = Question("quizzes.evaluation_link")
"""Where the actor can evaluate the course of an enrollment (by id); None once they have."""
