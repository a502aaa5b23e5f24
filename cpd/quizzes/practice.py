"""Practice: cases in sections, with feedback at once; what is answered here never counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment, Revision
from cpd.quizzes.keys import keys_of
from cpd.quizzes.kinds.registry import KINDS
from cpd.quizzes.models import PracticeAnswer
from cpd.quizzes.queries import cases_in, latest_runs, practice_answers
from cpd.quizzes.rules.case import Answer, CaseFront, CaseKey, Pool, StepFront, StepKey


@dataclass(frozen=True)
class AnsweredStep:
    """A step of a practice case with the learner's answer and what the key says of it."""

    step: StepFront
    key: StepKey
    answer: Answer


@dataclass(frozen=True)
class PracticeCase:
    """A practice case as far as its learner has gone."""

    revision: Revision
    case: CaseFront
    answered: tuple[AnsweredStep, ...]
    now: StepFront | None
    """The step to answer next; None at the end."""

    @property
    def is_done(self) -> bool:
        """Whether the case has come to its end."""
        return self.now is None


def follow(
    revision: Revision, front: CaseFront, key: CaseKey, answers: Mapping[str, Answer]
) -> PracticeCase:
    """Walk a case along the answers given so far."""
    answered: list[AnsweredStep] = []
    step: StepFront | None = front.first
    while step is not None and (answer := answers.get(step.id)):
        answered.append(AnsweredStep(step, key.step(step.id), answer))
        following = KINDS[step.kind].next_step(step, answer)
        step = front.step(following) if following else None
    return PracticeCase(revision, front, tuple(answered), step)


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
    revisions = cases_in(session, course_revision_id, Pool.PRACTICE)
    fronts = [(revision, CaseFront.from_json(revision.front)) for revision in revisions]
    wanted = sorted(
        ((r, f) for r, f in fronts if section in {None, f.section}),
        key=lambda pair: (pair[1].section, pair[1].position or 0),
    )
    keys = keys_of(session, [revision.id for revision, _ in wanted])
    given = practice_answers(session, [enrolment.id]) if enrolment is not None else []
    return [
        follow(
            revision,
            front,
            keys[revision.id],
            {} if front.id == again else _answers(given, revision, front),
        )
        for revision, front in wanted
    ]


def _answers(
    rows: Sequence[PracticeAnswer], revision: Revision, front: CaseFront
) -> dict[str, Answer]:
    own = [row for row in rows if row.case_id == revision.document_id]
    return {row.step: row.answer for row in latest_runs(own, front)}


def answer(
    session: Session, enrolment: Enrolment, at: PracticeCase, given: Answer, *, now: datetime
) -> None:
    """Keep an answer to the step at which a practice case stands."""
    step = at.now
    if step is None:
        msg = "the case has come to its end; start it again to answer it again"
        raise ValueError(msg)
    session.add(
        PracticeAnswer(
            enrolment_id=enrolment.id,
            case_id=at.revision.document_id,
            revision_id=at.revision.id,
            step=step.id,
            answer=dict(given),
            is_last_step=KINDS[step.kind].next_step(step, given) is None,
            answered_at=now,
        )
    )


def open_case_of(
    session: Session, course_revision_id: int, given: Mapping[str, Answer]
) -> PracticeCase | None:
    """Return the practice case of a course that anybody may decide, along the answers given."""
    for revision in cases_in(session, course_revision_id, Pool.PRACTICE):
        if revision.front["open"]:
            key = keys_of(session, [revision.id])[revision.id]
            return follow(revision, CaseFront.from_json(revision.front), key, given)
    return None
