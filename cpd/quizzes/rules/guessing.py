"""What somebody would earn who gives the same decision whatever the client says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cpd.quizzes.kinds.registry import KINDS
from cpd.quizzes.rules.case import Answer, CaseFront, CaseKey, Danger, Decision


@dataclass(frozen=True, slots=True)
class ConstantScore:
    """The worth of one constant decision over a pool."""

    decisions: Fraction
    """The mean mark of the decision steps alone."""
    at_most: Fraction
    """The exam score if every other question were answered in the best way."""
    critical: int
    """In how many cases it is a critical act."""


def constant_scores(cases: Sequence[tuple[CaseFront, CaseKey]]) -> dict[Decision, ConstantScore]:
    """Return what each constant decision would earn over proven cases."""
    return {decision: _constant(decision, cases) for decision in Decision}


def _constant(decision: Decision, cases: Sequence[tuple[CaseFront, CaseKey]]) -> ConstantScore:
    options = [
        [step.option(decision.value) for step in key.steps if step.key is not None]
        for _, key in cases
    ]
    marks = [option.marks for case in options for option in case]
    shares = [_best_from(front, key, front.first.id, decision) / key.best for front, key in cases]
    return ConstantScore(
        decisions=_mean(marks),
        at_most=_mean(shares),
        critical=sum(any(o.danger is Danger.CRITICAL for o in case) for case in options),
    )


def _best_from(front: CaseFront, key: CaseKey, step_id: str, decision: Decision) -> Fraction:
    step, step_key = front.step(step_id), key.step(step_id)
    kind = KINDS[step.kind]
    forced: Mapping[str, str] = {"choice": decision.value}
    answers: list[Answer] = (
        [forced] if step_key.key is not None else [answer for answer, _ in kind.outcomes(step_key)]
    )
    worths = []
    for answer in answers:
        following = kind.next_step(step, answer)
        rest = _best_from(front, key, following, decision) if following else Fraction(0)
        worths.append(kind.mark(step_key, answer).earned + rest)
    return max(worths)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values) if values else Fraction(0)
