"""What the result page asks of the rooms above it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.joints.questions import Question
from cpd.quizzes.attempts.models import Attempt


@dataclass(frozen=True)
class Link:
    """Where a button leads, and what it says."""

    url: str
    label: str


certificate_link: Question[[Session, Actor, Attempt], Link | None] = Question(
    "quizzes.certificate_link"
)
"""The way to the actor's certificate that rests on an attempt."""


evaluation_link: Question[[Session, Actor, int], Link | None] = Question("quizzes.evaluation_link")
"""Where the actor can say what they think of their course, by enrolment; None once they have."""
