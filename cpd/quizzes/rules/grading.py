"""From marked cases to the result of an exam; it depends on the arguments alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from cpd.cases.front import Answer, CaseFront
from cpd.cases.key import CaseKey
from cpd.cases.scales import Danger
from cpd.kernel.canonical import Json, format_fraction
from cpd.quizzes.rules.eligibility import Remedy
from cpd.quizzes.rules.marking import Breach, CaseMark, mark_case


@dataclass(frozen=True, slots=True)
class ExamItem:
    """A case of the attempt, its key, and the answers that count."""

    front: CaseFront
    key: CaseKey
    answers: Mapping[str, Answer | None]
    is_dropped: bool = False
    """Not counted, because it turned out to be faulty."""


class NotPassed(StrEnum):
    """Why an attempt is not a pass.

    Several reasons may hold at once (see `ExamResult.why_not`).
    """

    SCORE = "score"
    CRITICAL = "critical"
    READING = "reading"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class ObjectiveScore:
    """What was earned in the cases of one objective, each case counting 1."""

    earned: Fraction
    cases: int


@dataclass(frozen=True, slots=True)
class ExamResult:
    """The result of an attempt: always computed, never entered by hand.

    The same answers and keys always give the same result, so that `replay` can compare.
    """

    score: Fraction
    pass_mark: Fraction
    gate_met: bool
    why_not: tuple[NotPassed, ...]
    """Every reason why it is not a pass; empty for a pass."""
    cases: tuple[CaseMark, ...]
    """Those that count."""
    objectives: Mapping[str, ObjectiveScore]
    dropped: tuple[CaseMark, ...] = ()
    """Those that do not; nothing else here includes them."""

    @property
    def passed(self) -> bool:
        """Return whether score, critical acts, reading gate and state all allow a pass."""
        return not self.why_not

    @property
    def score_num(self) -> int:
        """Return the score's numerator, in lowest terms."""
        return self.score.numerator

    @property
    def score_den(self) -> int:
        """Return the score's denominator."""
        return self.score.denominator

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """Return every critical act."""
        return tuple(breach for case in self.cases for breach in case.breaches)

    @property
    def critical_cases(self) -> tuple[str, ...]:
        """Return the cases with a critical act."""
        return tuple(case.case for case in self.cases if case.breaches)

    @property
    def overcautious_count(self) -> int:
        """Count the cases with an overcautious decision."""
        return sum(case.is_overcautious for case in self.cases)

    @property
    def turned_away_count(self) -> int:
        """Count the clients turned away without need."""
        return sum(case.has_turned_away_client for case in self.cases)

    @property
    def danger_counts(self) -> Mapping[Danger, int]:
        """Count the answered cases by their worst act."""
        counts = Counter(case.danger for case in self.cases)
        return {danger: counts[danger] for danger in Danger}

    @property
    def unanswered_count(self) -> int:
        """Count the cases in which nothing was answered."""
        return sum(case.danger is None for case in self.cases)

    def to_json(self) -> Json:
        """Return the JSON form: text, integers and booleans only."""
        dropped = {"dropped": [case.to_json() for case in self.dropped]} if self.dropped else {}
        return dropped | {
            "score": format_fraction(self.score),
            "pass_mark": format_fraction(self.pass_mark),
            "gate_met": self.gate_met,
            "passed": self.passed,
            "why_not": [reason.value for reason in self.why_not],
            "cases": [case.to_json() for case in self.cases],
            "objectives": {
                name: {"earned": format_fraction(score.earned), "cases": score.cases}
                for name, score in sorted(self.objectives.items())
            },
            "dangers": {danger.value: count for danger, count in self.danger_counts.items()},
            "unanswered": self.unanswered_count,
            "overcautious": self.overcautious_count,
            "turned_away": self.turned_away_count,
        }


def grade_exam(
    items: Sequence[ExamItem], *, pass_mark: Fraction, gate_met: bool, is_void: bool = False
) -> ExamResult:
    """Grade an exam: a pass needs the pass mark, no critical act, the reading gate, and no void.

    Every case counts the same, except dropped ones, which do not count at all: neither their marks
    nor a critical act. Overcaution costs marks but never fails an attempt.
    """
    counted = [item for item in items if not item.is_dropped]
    cases = _grade_cases(counted)
    total = sum((case.score for case in cases), Fraction(0))
    score = total / len(cases) if cases else Fraction(0)
    reasons = {
        NotPassed.SCORE: not cases or score < pass_mark,
        NotPassed.CRITICAL: any(case.breaches for case in cases),
        NotPassed.READING: not gate_met,
        NotPassed.VOID: is_void,
    }
    return ExamResult(
        score=score,
        pass_mark=pass_mark,
        gate_met=gate_met,
        why_not=tuple(reason for reason, holds in reasons.items() if holds),
        cases=cases,
        objectives=_score_by_objective(counted, cases),
        dropped=_grade_cases(item for item in items if item.is_dropped),
    )


def _grade_cases(items: Iterable[ExamItem]) -> tuple[CaseMark, ...]:
    return tuple(mark_case(item.front, item.key, item.answers) for item in items)


def _score_by_objective(
    items: Sequence[ExamItem], cases: Sequence[CaseMark]
) -> dict[str, ObjectiveScore]:
    scores: dict[str, list[Fraction]] = {}
    for item, case in zip(items, cases, strict=True):
        for objective in item.front.objectives:
            scores.setdefault(objective, []).append(case.score)
    return {
        objective: ObjectiveScore(earned=sum(earned, Fraction(0)), cases=len(earned))
        for objective, earned in sorted(scores.items())
    }


def remedies_after_failure(
    result: ExamResult, fronts: Mapping[str, CaseFront], *, hazards_with_practice: Collection[str]
) -> tuple[Remedy, ...]:
    """Return what to do after a failed attempt, for each case in which the client could be harmed.

    The passage must be read again, and after a critical act a practice case on the same hazard
    decided, where there is one: `hazards_with_practice` names the hazards that have any.
    """
    return tuple(
        Remedy(
            case=case.case,
            passage=fronts[case.case].passage,
            hazards=tuple(h for h in fronts[case.case].hazards if h in hazards_with_practice)
            if case.breaches
            else (),
        )
        for case in result.cases
        if case.danger is not None and case.danger.could_harm_client
    )


@dataclass(frozen=True, slots=True)
class GradingInputs:
    """The key with which each case was marked, and the cases that were not counted."""

    keys: Mapping[str, int]
    """Case to the revision whose key was used."""
    dropped: frozenset[str] = frozenset()

    def fits_cases(self, cases: Collection[str]) -> bool:
        """Return whether it names a key for each of these cases, and no other case."""
        numbers = all(type(number) is int for number in self.keys.values())
        return numbers and self.keys.keys() == set(cases) and self.dropped <= set(cases)

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {"keys": dict(self.keys), "dropped": sorted(self.dropped)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> GradingInputs:
        """Read the JSON form."""
        return cls(keys=dict(data["keys"]), dropped=frozenset(data["dropped"]))
