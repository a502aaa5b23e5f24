"""What exams ask of the rooms above them."""

from collections.abc import Collection

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.hooks import VersionInView
from cpd.courses.models import Enrolment
from cpd.joints.questions import Question, Slot
from cpd.quizzes.rules.eligibility import ExamTerms

exam_terms: Question[[Session, Enrolment], ExamTerms] = Question("quizzes.exam_terms")
"""What is granted for the exam under an enrollment, beyond the exam's rule."""

cases_with_seen_key: Question[[Session, str, int], Collection[str]] = Question(
    "quizzes.cases_with_seen_key"
)
"""The names of cases of a course whose key a person, by subject, saw while writing or reviewing.

They are never drawn for that person.
"""

exam_notes: Slot[[Session, Actor, VersionInView], Markup] = Slot()
"""What a learner should know before they start the exam, such as for whom the course counts."""
