"""Computing the result of an attempt from what is stored. Nothing here writes."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, select
from sqlalchemy.orm import Session

from cpd.cases.front import CaseFront
from cpd.cases.key import CaseKey
from cpd.cases.scales import Danger
from cpd.courses.models import Enrolment
from cpd.courses.rules.fronts.parts import CaseListing
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.models import Attempt, AttemptItem
from cpd.quizzes.grading.models import GradeEvent
from cpd.quizzes.keys import find_stored_keys
from cpd.quizzes.practice.models import PracticeAnswer
from cpd.quizzes.practice.topics import find_hazards_with_practice
from cpd.quizzes.queries import build_exam_policy
from cpd.quizzes.rules import answers, grading
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.grading import GradingInputs


class InvalidInputsError(LookupError):
    """A grading names keys or cases that its attempt does not have."""


def compute_exam_result(
    session: Session, attempt: Attempt, inputs: GradingInputs
) -> grading.ExamResult:
    """Grade an attempt without writing: from its cases, answers, inputs and rule alone.

    Raises InvalidInputsError.
    """
    return grading.grade_exam(
        _find_exam_items(session, attempt, inputs),
        pass_mark=_read_pass_mark(attempt),
        gate_met=bool(attempt.gate.get("is_met")),
        is_void=attempt.state is AttemptState.VOID,
    )


def _read_pass_mark(attempt: Attempt) -> Fraction:
    if attempt.raised_pass_mark is not None:
        return Fraction(attempt.raised_pass_mark)
    return build_exam_policy(attempt.exam_revision).pass_mark


def build_grading_inputs(attempt: Attempt, event: GradeEvent | None) -> GradingInputs:
    """Return what a grading used; the keys as drawn if it does not say, or if there is none."""
    if event is None or event.inputs is None:
        return GradingInputs({_case_id_in_item(item): item.revision_id for item in attempt.items})
    return GradingInputs.from_json(event.inputs)


def _find_exam_items(
    session: Session, attempt: Attempt, inputs: GradingInputs
) -> list[grading.ExamItem]:
    keys = _find_keys_of_cases(session, attempt, inputs)
    current = answers.current_answers(delivery.find_answer_events(session, attempt.id))
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


def _find_keys_of_cases(
    session: Session, attempt: Attempt, inputs: GradingInputs
) -> dict[str, CaseKey]:
    """Return the key of each case; raises InvalidInputsError."""
    if not inputs.fits_cases([_case_id_in_item(item) for item in attempt.items]):
        raise InvalidInputsError(f"not the cases that were drawn: {inputs.to_json()}")
    stored = find_stored_keys(session, list(inputs.keys.values()))
    keys = {case: stored[number] for case, number in inputs.keys.items() if number in stored}
    if any(case not in keys or keys[case].id != case for case in inputs.keys):
        raise InvalidInputsError(f"not keys of these cases: {inputs.to_json()}")
    return keys


def _case_id_in_item(item: AttemptItem) -> str:
    return CaseListing.from_json(item.revision.front).id


def compute_result_detail(
    session: Session, attempt: Attempt, computed: grading.ExamResult
) -> dict[str, Any]:
    """Return a result's detail: marks, dangers, breaches, and the remedies after a failure."""
    fronts = {
        front.id: front
        for front in (CaseFront.from_json(item.revision.front) for item in attempt.items)
    }
    hazards = find_hazards_with_practice(session, attempt.enrolment.course_revision)
    remedies = (
        ()
        if computed.passed
        else grading.remedies_after_failure(computed, fronts, hazards_with_practice=hazards)
    )
    return computed.to_json() | {
        "remedies": [
            {"case": r.case, "passage": r.passage, "hazards": list(r.hazards)} for r in remedies
        ]
    }


def build_result_columns(attempt: Attempt, event: GradeEvent) -> dict[str, Any]:
    """Return the result row that follows from a grading, by column."""
    pass_mark = _read_pass_mark(attempt)
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


def build_item_result_rows(
    attempt: Attempt, event: GradeEvent, seen: Collection[int]
) -> list[dict[str, Any]]:
    """Return the item result of each case that follows from a grading, by column.

    `seen`: the cases that the person had seen before the attempt.
    """
    inputs = build_grading_inputs(attempt, event)
    marks = {mark["case"]: mark for mark in marks_in_detail(event.detail)}
    return [
        {
            "attempt_id": attempt.id,
            "position": item.position,
            "case_id": item.case_id,
            "revision_id": inputs.keys[_case_id_in_item(item)],
            "is_seen": item.case_id in seen,
        }
        | _build_item_marks(
            marks[_case_id_in_item(item)], counts=_case_id_in_item(item) not in inputs.dropped
        )
        for item in attempt.items
    ]


def marks_in_detail(detail: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the marks of all cases in a result's detail, including those that do not count."""
    return [*detail["cases"], *detail.get("dropped", ())]


def _build_item_marks(mark: Mapping[str, Any], *, counts: bool) -> dict[str, Any]:
    score = Fraction(mark["score"]) if counts else Fraction(0)
    return {
        "choice": {step["step"]: step["chosen"] for step in mark["path"]},
        "is_blank": mark["danger"] is None,
        "danger": Danger(mark["danger"]) if counts and mark["danger"] else None,
        "earned_num": score.numerator,
        "earned_den": score.denominator,
        "possible": int(counts),
    }


def find_cases_seen_before(session: Session, attempt: Attempt) -> frozenset[int]:
    """Return the cases that the person had seen before an attempt: in another, or in practice."""
    values = {"subject": attempt.subject, "attempt": attempt.id, "started_at": attempt.started_at}
    return frozenset(session.scalars(_select_seen_cases(), values))


@cache
def _select_seen_cases() -> CompoundSelect[int]:
    """Select the cases a `subject` saw before an `attempt`; cached because building it is slow."""
    in_exams = (
        select(AttemptItem.case_id)
        .join(AttemptItem.attempt)
        .where(Attempt.subject == bindparam("subject"), Attempt.id < bindparam("attempt"))
    )
    in_practice = (
        select(PracticeAnswer.case_id)
        .join(Enrolment, Enrolment.id == PracticeAnswer.enrolment_id)
        .where(
            Enrolment.subject == bindparam("subject"),
            PracticeAnswer.answered_at < bindparam("started_at"),
        )
    )
    return in_exams.union(in_practice)
