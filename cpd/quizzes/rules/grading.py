"""From answers to marks: a case, then an exam. Nothing else than the arguments is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from cpd.cases.kinds.kind import StepMark
from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import (
    Answer,
    CaseFront,
    CaseKey,
    Danger,
    Json,
    StepKey,
    fraction_text,
)
from cpd.cases.path import walk
from cpd.quizzes.rules.starting import Remedy


@dataclass(frozen=True, slots=True)
class StepResult:
    """One reached step: what was chosen and what it earned."""

    step: str
    kind: str
    mark: StepMark
    turned_away: bool
    """A client who could be helped today was sent away."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A critical act: it vetoes the attempt."""

    case: str
    step: str
    option: str
    hazards: tuple[str, ...]

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {
            "case": self.case,
            "step": self.step,
            "option": self.option,
            "hazards": list(self.hazards),
        }


@dataclass(frozen=True, slots=True)
class CaseMark:
    """What the path taken through one case is worth."""

    case: str
    score: Fraction
    """From 0 to 1: the value of the path over the best that any path can reach."""
    danger: Danger | None
    """The worst act; None when nothing was answered."""
    path: tuple[StepResult, ...]
    breaches: tuple[Breach, ...]

    @property
    def is_overcautious(self) -> bool:
        """Say whether a decision was too careful."""
        return any(
            KINDS[result.kind].asks_for_decision and result.mark.danger is Danger.OVERCAUTIOUS
            for result in self.path
        )

    @property
    def turned_away(self) -> bool:
        """Say whether the client was sent away without need."""
        return any(result.turned_away for result in self.path)

    def to_json(self) -> Json:
        """Return the JSON form; the answers themselves are in the events."""
        return {
            "case": self.case,
            "score": fraction_text(self.score),
            "danger": self.danger.value if self.danger else None,
            "path": [
                {
                    "step": result.step,
                    "chosen": list(result.mark.chosen),
                    "earned": fraction_text(result.mark.earned),
                    "danger": result.mark.danger.value if result.mark.danger else None,
                }
                for result in self.path
            ],
            "breaches": [breach.to_json() for breach in self.breaches],
        }


def grade_case(front: CaseFront, key: CaseKey, answers: Mapping[str, Answer | None]) -> CaseMark:
    """Mark one case. Its maximum is fixed; a step reached and left blank earns 0 and harms nobody.

    Answers to steps that the path does not reach count for nothing.
    """
    path = tuple(_step_result(key.step(step.id), answer) for step, answer in walk(front, answers))
    value = sum((result.mark.earned for result in path), Fraction(0))
    dangers = [result.mark.danger for result in path if result.mark.danger is not None]
    return CaseMark(
        case=front.id,
        score=value / key.best if key.best else Fraction(0),
        danger=max(dangers, default=None),
        path=path,
        breaches=tuple(
            Breach(case=front.id, step=result.step, option=option, hazards=front.hazards)
            for result in path
            if result.mark.danger is Danger.CRITICAL
            for option in result.mark.dangerous_options
        ),
    )


def _step_result(key: StepKey, answer: Answer | None) -> StepResult:
    kind = KINDS[key.kind]
    mark = kind.mark(key, answer)
    return StepResult(
        step=key.id, kind=key.kind, mark=mark, turned_away=kind.turned_away(key, mark)
    )


@dataclass(frozen=True, slots=True)
class ExamItem:
    """A case as drawn, its key, and the answers that count."""

    front: CaseFront
    key: CaseKey
    answers: Mapping[str, Answer | None]
    is_dropped: bool = False
    """Left out of the count: it proved faulty after it was drawn."""


class NotPassed(StrEnum):
    """Why an attempt is not a pass."""

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
    """The result of an attempt: computed, never typed."""

    score: Fraction
    pass_mark: Fraction
    gate_met: bool
    why_not: tuple[NotPassed, ...]
    """Every reason why it is not a pass; none when it is."""
    cases: tuple[CaseMark, ...]
    """Those that count."""
    objectives: Mapping[str, ObjectiveScore]
    dropped: tuple[CaseMark, ...] = ()
    """Those that do not: nothing else here knows of them."""

    @property
    def passed(self) -> bool:
        """Say whether score, veto, reading gate and state all allow a pass."""
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
    def overcautious(self) -> int:
        """Count the cases with a decision that was too careful."""
        return sum(case.is_overcautious for case in self.cases)

    @property
    def turned_away(self) -> int:
        """Count the clients sent away without need."""
        return sum(case.turned_away for case in self.cases)

    @property
    def dangers(self) -> Mapping[Danger, int]:
        """Count the answered cases by their worst act."""
        counts = Counter(case.danger for case in self.cases)
        return {danger: counts[danger] for danger in Danger}

    @property
    def unanswered(self) -> int:
        """Count the cases in which nothing was answered."""
        return sum(case.danger is None for case in self.cases)

    def to_json(self) -> Json:
        """Return the JSON form: text, integers and booleans only."""
        dropped = {"dropped": [case.to_json() for case in self.dropped]} if self.dropped else {}
        return dropped | {
            "score": fraction_text(self.score),
            "pass_mark": fraction_text(self.pass_mark),
            "gate_met": self.gate_met,
            "passed": self.passed,
            "why_not": [reason.value for reason in self.why_not],
            "cases": [case.to_json() for case in self.cases],
            "objectives": {
                name: {"earned": fraction_text(score.earned), "cases": score.cases}
                for name, score in sorted(self.objectives.items())
            },
            "dangers": {danger.value: count for danger, count in self.dangers.items()},
            "unanswered": self.unanswered,
            "overcautious": self.overcautious,
            "turned_away": self.turned_away,
        }


def grade_exam(
    items: Sequence[ExamItem], *, pass_mark: Fraction, gate_met: bool, is_void: bool = False
) -> ExamResult:
    """Pass needs the pass mark, no critical act, the reading gate, and an attempt that is not void.

    Every case counts the same, but for dropped ones, which count for nothing: neither marks nor a
    critical act. Over-caution costs marks and never vetoes.
    """
    counted = [item for item in items if not item.is_dropped]
    cases = _marked(counted)
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
        objectives=_by_objective(counted, cases),
        dropped=_marked(item for item in items if item.is_dropped),
    )


def _marked(items: Iterable[ExamItem]) -> tuple[CaseMark, ...]:
    return tuple(grade_case(item.front, item.key, item.answers) for item in items)


def _by_objective(
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


def remedies(
    result: ExamResult, fronts: Mapping[str, CaseFront], *, practisable: Collection[str]
) -> tuple[Remedy, ...]:
    """Return what puts a failed attempt right, for each case in which the client could be harmed.

    The passage is read again; after a critical act a practice case on the same hazard is decided
    too, where there is one: `practisable` names the hazards that have practice cases.
    """
    return tuple(
        Remedy(
            case=case.case,
            passage=fronts[case.case].passage,
            hazards=tuple(h for h in fronts[case.case].hazards if h in practisable)
            if case.breaches
            else (),
        )
        for case in result.cases
        if case.danger is not None and case.danger.could_harm
    )
