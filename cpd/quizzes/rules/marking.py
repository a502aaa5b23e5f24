"""From the answers to one case to its mark; it depends on the arguments alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cpd.cases.front import Answer, CaseFront
from cpd.cases.key import CaseKey, StepKey
from cpd.cases.kinds.kind import StepMark
from cpd.cases.kinds.registry import KINDS
from cpd.cases.path import steps_with_answers_on_path
from cpd.cases.scales import Danger
from cpd.kernel.canonical import Json, format_fraction


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step that was reached: what was chosen and what it earned."""

    step: str
    kind: str
    mark: StepMark
    turned_away: bool
    """Whether a client who could be helped today was turned away."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A critical act: it fails the attempt, whatever the score."""

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
    """From 0 to 1: the value of the path, divided by that of the best path."""
    danger: Danger | None
    """The worst act; None when nothing was answered."""
    path: tuple[StepResult, ...]
    breaches: tuple[Breach, ...]

    @property
    def is_overcautious(self) -> bool:
        """Return whether a decision was overcautious."""
        return any(
            KINDS[result.kind].asks_for_decision and result.mark.danger is Danger.OVERCAUTIOUS
            for result in self.path
        )

    @property
    def has_turned_away_client(self) -> bool:
        """Return whether the client was turned away without need."""
        return any(result.turned_away for result in self.path)

    def to_json(self) -> Json:
        """Return the JSON form; the answers themselves are in the events."""
        return {
            "case": self.case,
            "score": format_fraction(self.score),
            "danger": self.danger.value if self.danger else None,
            "path": [
                {
                    "step": result.step,
                    "chosen": list(result.mark.chosen),
                    "earned": format_fraction(result.mark.earned),
                    "danger": result.mark.danger.value if result.mark.danger else None,
                }
                for result in self.path
            ],
            "breaches": [breach.to_json() for breach in self.breaches],
        }


def mark_case(front: CaseFront, key: CaseKey, answers: Mapping[str, Answer | None]) -> CaseMark:
    """Mark one case. Its maximum is fixed; a step left blank earns 0 and harms nobody.

    Answers to steps that the path does not reach do not count.
    """
    path = tuple(
        _mark_step(key.step_by_id(step.id), answer)
        for step, answer in steps_with_answers_on_path(front, answers)
    )
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


def _mark_step(key: StepKey, answer: Answer | None) -> StepResult:
    kind = KINDS[key.kind]
    mark = kind.mark_answer(key, answer)
    return StepResult(
        step=key.id, kind=key.kind, mark=mark, turned_away=kind.was_client_turned_away(key, mark)
    )
