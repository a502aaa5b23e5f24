"""Practice: cases in sections, with feedback at once; what is answered here never counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import Answer, CaseFront, CaseKey, StepFront, StepKey
from cpd.courses.models import Enrolment
from cpd.quizzes.keys import practice_keys_of
from cpd.quizzes.practice.queries import Given, latest_run, practice_answers, practice_in
from cpd.quizzes.queries import CaseText


@dataclass(frozen=True)
class AnsweredStep:
    """A step of a practice case with the learner's answer and what the key says of it."""

    step: StepFront
    key: StepKey
    answer: Answer


@dataclass(frozen=True)
class PracticeCase:
    """A practice case as far as its learner has gone."""

    revision: CaseText
    case: CaseFront
    key: CaseKey
    answered: tuple[AnsweredStep, ...]
    now: StepFront | None
    """The step to answer next; None at the end."""

    @property
    def is_done(self) -> bool:
        """Whether the case has come to its end."""
        return self.now is None

    @property
    def given(self) -> dict[str, Answer]:
        """The answers so far, by step."""
        return {answered.step.id: answered.answer for answered in self.answered}

    def then(self, answer: Answer) -> "PracticeCase":
        """Return the case one answer further; it must not have come to its end."""
        step = self.now
        if step is None:
            raise ValueError("the case has come to its end")
        return follow(self.revision, self.case, self.key, self.given | {step.id: answer})


def follow(
    revision: CaseText, front: CaseFront, key: CaseKey, answers: Mapping[str, Answer]
) -> PracticeCase:
    """Walk a case along the answers given so far."""
    answered: list[AnsweredStep] = []
    step: StepFront | None = front.first
    while step is not None and (answer := answers.get(step.id)):
        answered.append(AnsweredStep(step, key.step(step.id), answer))
        following = KINDS[step.kind].next_step(step, answer)
        step = front.step(following) if following else None
    return PracticeCase(revision, front, key, tuple(answered), step)


def practice_of(
    session: Session,
    enrolment: Enrolment | None,
    course_revision_id: int,
    *,
    section: str | None = None,
    again: str | None = None,
) -> list[PracticeCase]:
    """Return practice cases of a course revision, of one section if it is named, in their order.

    `again` names a case to show from its beginning although it was answered.
    """
    revisions = practice_in(session, course_revision_id, section=section)
    return _followed(session, enrolment, revisions, again=again)


def practice_case(
    session: Session, enrolment: Enrolment, slug: str, *, again: bool
) -> PracticeCase | None:
    """Return one practice case as far as its learner has gone, or from its beginning `again`."""
    revisions = practice_in(session, enrolment.course_revision_id, case=slug)
    found = _followed(session, enrolment, revisions, again=slug if again else None)
    return found[0] if found else None


def open_case(session: Session, course_revision_id: int) -> PracticeCase | None:
    """Return the practice case of a course that anybody may decide, from its beginning."""
    found = _followed(session, None, practice_in(session, course_revision_id, is_open=True)[:1])
    return found[0] if found else None


def _followed(
    session: Session,
    enrolment: Enrolment | None,
    revisions: Sequence[CaseText],
    *,
    again: str | None = None,
) -> list[PracticeCase]:
    keys = practice_keys_of(session, [revision.id for revision in revisions])
    rows: Sequence[Given] = ()
    if enrolment is not None:
        rows = practice_answers(session, enrolment, [one.document_id for one in revisions])
    found = []
    for revision in revisions:
        front = revision.front
        own = [row for row in rows if row.case_id == revision.document_id and front.id != again]
        given = {row.step: row.answer for row in latest_run(own, front)}
        found.append(follow(revision, front, keys[revision.id], given))
    return found
