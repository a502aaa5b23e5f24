"""From what is stored of an attempt to its result; nothing else is looked at."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from cpd.cases.model import CaseFront, CaseKey, Danger
from cpd.courses.models import Enrolment
from cpd.courses.rules.fronts.parts import CaseListing
from cpd.quizzes import delivery, standing
from cpd.quizzes.keys import keys_of
from cpd.quizzes.models import (
    Attempt,
    AttemptItem,
    GradeEvent,
    ItemResult,
    PracticeAnswer,
    Result,
)
from cpd.quizzes.queries import policy_of
from cpd.quizzes.rules import answers, grading
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.inputs import GradingInputs


class UnfitInputsError(LookupError):
    """A grading names keys or cases that its attempt does not have."""


def compute(session: Session, attempt: Attempt, inputs: GradingInputs) -> grading.ExamResult:
    """Grade an attempt without writing: a pure function of its draw, answers, inputs and rule.

    Raises UnfitInputsError.
    """
    return grading.grade_exam(
        _items(session, attempt, inputs),
        pass_mark=policy_of(attempt.exam_revision).pass_mark,
        gate_met=bool(attempt.gate.get("is_met")),
        is_void=attempt.state is AttemptState.VOID,
    )


def inputs_of(attempt: Attempt, event: GradeEvent | None) -> GradingInputs:
    """Return what a grading used; without one, or where it does not say: the keys as drawn."""
    if event is None or event.inputs is None:
        return GradingInputs({_name(item): item.revision_id for item in attempt.items})
    return GradingInputs.from_json(event.inputs)


def _items(session: Session, attempt: Attempt, inputs: GradingInputs) -> list[grading.ExamItem]:
    keys = _keys(session, attempt, inputs)
    current = answers.current_answers(delivery.events_of(session, attempt.id))
    fronts = [CaseFront.from_json(item.revision.front) for item in attempt.items]
    return [
        grading.ExamItem(
            front=front,
            key=keys[front.id],
            answers=current.get(front.id, {}),
            is_dropped=front.id in inputs.dropped,
        )
        for front in fronts
    ]


def _keys(session: Session, attempt: Attempt, inputs: GradingInputs) -> dict[str, CaseKey]:
    """Return the key of each case."""
    if not inputs.fits([_name(item) for item in attempt.items]):
        raise UnfitInputsError(f"not the cases that were drawn: {inputs.to_json()}")
    stored = keys_of(session, list(inputs.keys.values()))
    keys = {case: stored[number] for case, number in inputs.keys.items() if number in stored}
    if any(case not in keys or keys[case].id != case for case in inputs.keys):
        raise UnfitInputsError(f"not keys of these cases: {inputs.to_json()}")
    return keys


def _name(item: AttemptItem) -> str:
    return CaseListing.from_json(item.revision.front).id


def detail_of(session: Session, attempt: Attempt, computed: grading.ExamResult) -> dict[str, Any]:
    """Return a result's detail: marks, dangers, breaches, and what puts a failed try right."""
    fronts = {
        front.id: front
        for front in (CaseFront.from_json(item.revision.front) for item in attempt.items)
    }
    practisable = standing.practisable(session, attempt.enrolment.course_revision)
    found = () if computed.passed else grading.remedies(computed, fronts, practisable=practisable)
    return computed.to_json() | {
        "remedies": [
            {"case": r.case, "passage": r.passage, "hazards": list(r.hazards)} for r in found
        ]
    }


def fold(session: Session, attempt: Attempt, event: GradeEvent) -> Result:
    """Make the attempt's result row, and the row of each case, say what its newest grading says."""
    is_first = event.number == 1
    result = Result(attempt_id=attempt.id) if is_first else session.get_one(Result, attempt.id)
    for name, value in folded(attempt, event).items():
        setattr(result, name, value)
    session.add(result)
    session.flush()
    if not is_first:
        session.execute(delete(ItemResult).where(ItemResult.attempt_id == attempt.id))
    session.execute(insert(ItemResult), folded_items(attempt, event, met_before(session, attempt)))
    return result


def folded(attempt: Attempt, event: GradeEvent) -> dict[str, Any]:
    """Return what the result row says after a grading, by column."""
    pass_mark = policy_of(attempt.exam_revision).pass_mark
    return {
        "grade_number": event.number,
        "score_num": event.score_num,
        "score_den": event.score_den,
        "pass_num": pass_mark.numerator,
        "pass_den": pass_mark.denominator,
        "critical_count": sum(bool(case["breaches"]) for case in event.detail["cases"]),
        "gate_met": bool(event.detail["gate_met"]),
        "passed": event.passed,
        "detail": event.detail,
        "graded_at": event.graded_at,
    }


def folded_items(attempt: Attempt, event: GradeEvent, met: Collection[int]) -> list[dict[str, Any]]:
    """Return what the row of each drawn case says after a grading, by column.

    `met`: the cases that the person had met before the attempt.
    """
    inputs = inputs_of(attempt, event)
    marks = {mark["case"]: mark for mark in marks_of(event.detail)}
    return [
        {
            "attempt_id": attempt.id,
            "position": item.position,
            "case_id": item.case_id,
            "revision_id": inputs.keys[_name(item)],
            "is_seen": item.case_id in met,
        }
        | _item_marks(marks[_name(item)], counts=_name(item) not in inputs.dropped)
        for item in attempt.items
    ]


def marks_of(detail: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the marks of all cases in a result's detail, those that do not count included."""
    return [*detail["cases"], *detail.get("dropped", ())]


def _item_marks(mark: Mapping[str, Any], *, counts: bool) -> dict[str, Any]:
    score = Fraction(mark["score"]) if counts else Fraction(0)
    return {
        "choice": {step["step"]: step["chosen"] for step in mark["path"]},
        "is_blank": mark["danger"] is None,
        "danger": Danger(mark["danger"]) if counts and mark["danger"] else None,
        "earned_num": score.numerator,
        "earned_den": score.denominator,
        "possible": int(counts),
    }


def met_before(session: Session, attempt: Attempt) -> frozenset[int]:
    """Return the cases that the person had met before an attempt: drawn, or in practice."""
    at = {"subject": attempt.subject, "attempt": attempt.id, "started_at": attempt.started_at}
    return frozenset(session.scalars(_met(), at))


@cache
def _met() -> CompoundSelect[int]:
    """Select the cases that a `subject` met before an `attempt`; built once, since that is slow."""
    drawn = (
        select(AttemptItem.case_id)
        .join(AttemptItem.attempt)
        .where(Attempt.subject == bindparam("subject"), Attempt.id < bindparam("attempt"))
    )
    practised = (
        select(PracticeAnswer.case_id)
        .join(Enrolment, Enrolment.id == PracticeAnswer.enrolment_id)
        .where(
            Enrolment.subject == bindparam("subject"),
            PracticeAnswer.answered_at < bindparam("started_at"),
        )
    )
    return drawn.union(practised)
