"""Cases with their keys, each followed as far as the answers given so far lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.cases.front import Answer, CaseFront, StepFront
from cpd.cases.key import CaseKey, StepKey
from cpd.cases.kinds.registry import KINDS
from cpd.content.languages import language_of_text, mark_language
from cpd.courses.models import Enrolment
from cpd.quizzes.keys import find_practice_keys
from cpd.quizzes.practice.queries import (
    StepAnswer,
    find_practice_answers,
    find_practice_texts,
    pick_answers_of_newest_run,
)
from cpd.quizzes.queries import CaseText


@dataclass(frozen=True)
class AnsweredStep:
    """A step with the learner's answer and its key.

    Practice tells what was right as soon as a step is answered, so the two go together.
    """

    step: StepFront
    key: StepKey
    answer: Answer


@dataclass(frozen=True)
class CaseProgress:
    """A case with its key, as far as its learner has come."""

    text: CaseText
    key: CaseKey
    answered: tuple[AnsweredStep, ...]
    current_step: StepFront | None
    """The step to answer next; None at the end."""

    @property
    def case(self) -> CaseFront:
        """The case without its key."""
        return self.text.front

    @property
    def is_done(self) -> bool:
        """Whether the case has come to its end."""
        return self.current_step is None

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers so far, by step."""
        return {answered.step.id: answered.answer for answered in self.answered}

    def with_answer(self, answer: Answer) -> "CaseProgress":
        """Return the case one answer further; it must not have come to its end."""
        step = self.current_step
        if step is None:
            raise ValueError("the case has come to its end")
        return build_case_progress(self.text, self.key, self.answers | {step.id: answer})


def build_case_progress(
    text: CaseText, key: CaseKey, answers: Mapping[str, Answer]
) -> CaseProgress:
    """Follow a case along the answers given so far, by step."""
    answered: list[AnsweredStep] = []
    step: StepFront | None = text.front.first_step
    while step is not None and (answer := answers.get(step.id)):
        answered.append(AnsweredStep(step, key.step_by_id(step.id), answer))
        following = KINDS[step.kind].next_step_id_or_none(step, answer)
        step = text.front.step_by_id(following) if following else None
    return CaseProgress(text, key, tuple(answered), step)


def find_practice_cases(
    session: Session,
    enrolment: Enrolment | None,
    course_revision_id: int,
    *,
    section: str | None = None,
    again: str | None = None,
) -> list[CaseProgress]:
    """Return practice cases of a course revision in their order: all, or those of one section.

    `again` names a case to show from its beginning even if it was answered.
    """
    texts = find_practice_texts(session, course_revision_id, section=section)
    return _find_case_progress(session, enrolment, texts, again=again)


def find_practice_case(
    session: Session, enrolment: Enrolment, slug: str, *, again: bool
) -> CaseProgress | None:
    """Return one practice case as far as its learner has come, or from its beginning `again`."""
    texts = find_practice_texts(session, enrolment.course_revision_id, case=slug)
    cases = _find_case_progress(session, None if again else enrolment, texts)
    return cases[0] if cases else None


def find_open_practice_case(session: Session, course_revision_id: int) -> CaseProgress | None:
    """Return the practice case of a course that anybody may decide, from its beginning."""
    texts = find_practice_texts(session, course_revision_id, is_open=True)
    cases = _find_case_progress(session, None, texts[:1])
    return cases[0] if cases else None


def _find_case_progress(
    session: Session,
    enrolment: Enrolment | None,
    texts: Sequence[CaseText],
    *,
    again: str | None = None,
) -> list[CaseProgress]:
    keys = find_practice_keys(session, [text.id for text in texts])
    rows: Sequence[StepAnswer] = ()
    if enrolment is not None:
        rows = find_practice_answers(session, enrolment, [text.document_id for text in texts])
    cases = []
    for text in texts:
        case_rows = [
            row for row in rows if row.case_id == text.document_id and text.front.id != again
        ]
        answers = {
            row.step: row.answer for row in pick_answers_of_newest_run(case_rows, text.front)
        }
        key = mark_language(keys[text.id], language_of_text(text.front.title))
        cases.append(build_case_progress(text, key, answers))
    return cases
