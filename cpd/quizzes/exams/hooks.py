"""What exams ask of the rooms above them."""

from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment
from cpd.joints.questions import Question
from cpd.quizzes.rules.eligibility import ExamTerms

exam_terms: Question[[Session, Enrolment], ExamTerms] = Question("quizzes.exam_terms")
"""What is granted for the exam under an enrollment, beyond the exam's rule."""
