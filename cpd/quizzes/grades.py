"""From what is stored of an attempt to its result; nothing else is looked at."""

from typing import Any

from sqlalchemy.orm import Session

from cpd.quizzes import delivery, standing
from cpd.quizzes.keys import keys_of
from cpd.quizzes.models import Attempt, GradeEvent, Result
from cpd.quizzes.queries import policy_of
from cpd.quizzes.rules import answers, grading
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.case import CaseFront, CaseKey


def compute(session: Session, attempt: Attempt) -> grading.ExamResult:
    """Grade an attempt without writing: a pure function of its draw, answers, keys and rule."""
    current = answers.current_answers(delivery.events_of(session, attempt.id))
    drawn = drawn_cases(session, attempt)
    items = [
        grading.ExamItem(front=front, key=key, answers=current.get(front.id, {}))
        for front, key in drawn
    ]
    return grading.grade_exam(
        items,
        pass_mark=policy_of(attempt.exam_revision).pass_mark,
        gate_met=bool(attempt.gate.get("is_met")),
        is_void=attempt.state is AttemptState.VOID,
    )


def drawn_cases(session: Session, attempt: Attempt) -> list[tuple[CaseFront, CaseKey]]:
    """Return the drawn cases of an attempt with their keys, in their order."""
    keys = keys_of(session, [item.revision_id for item in attempt.items])
    return [
        (CaseFront.from_json(item.revision.front), keys[item.revision_id]) for item in attempt.items
    ]


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
    """Make the attempt's one result row say what its newest grading says."""
    result = session.get(Result, attempt.id) or Result(attempt_id=attempt.id)
    for name, value in folded(attempt, event).items():
        setattr(result, name, value)
    session.add(result)
    session.flush()
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
