"""The key of a question with one answer: what options are worth, and what is invalid."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cpd.cases.key import OptionKey, StepKey
from cpd.cases.kinds.kind import AuthoredOption, InvalidKeyError, Mistake, build_mistake_in_option
from cpd.cases.scales import CriticalRule, Danger

NAME = "single"


@dataclass(frozen=True, slots=True)
class SingleOption(AuthoredOption):
    """One answer out of several."""

    marks: Fraction | None = None
    """The right option always earns 1. A wrong one earns 0 by default."""


def build_single_key(step_id: str, *, options: Sequence[SingleOption], say: str = "") -> StepKey:
    """Make the key of a step with one answer; raises InvalidKeyError with every mistake."""
    faults = [fault for option in options for fault in option.rationale.mistakes(option.id)]
    if sum(option.correct for option in options) != 1:
        faults.append(Mistake("Exactly one option must be marked correct."))
    for option in options:
        faults.extend(
            _mistakes_in_right_option(option)
            if option.correct
            else _mistakes_in_wrong_option(option)
        )
    if faults:
        raise InvalidKeyError(faults)
    return StepKey(id=step_id, kind=NAME, options=tuple(map(_build_option_key, options)), say=say)


def _mistakes_in_right_option(option: SingleOption) -> list[Mistake]:
    faults = []
    if option.marks not in {None, Fraction(1)}:
        message = f"Option {option.id} is correct, so it earns full marks."
        faults.append(build_mistake_in_option(option.id, message, "Leave `marks` out."))
    if option.danger not in {None, Danger.SAFE}:
        message = f"Option {option.id} is correct, so it is safe."
        faults.append(build_mistake_in_option(option.id, message, "Leave `danger` out."))
    return faults


def _mistakes_in_wrong_option(option: SingleOption) -> list[Mistake]:
    marks, danger = option.marks or Fraction(0), option.danger
    if not 0 <= marks < 1:
        message = f"Option {option.id} is wrong, so its marks are at least 0 and below 1."
        return [build_mistake_in_option(option.id, message, "Correct the marks.")]
    if marks and danger is not None and danger.could_harm_client:
        message = f"Option {option.id} is {danger.value}, so it earns nothing."
        return [build_mistake_in_option(option.id, message, "Leave `marks` out.")]
    return []


def _build_option_key(option: SingleOption) -> OptionKey:
    danger = Danger.SAFE if option.correct else option.danger or Danger.SUBOPTIMAL
    return OptionKey(
        id=option.id,
        correct=option.correct,
        danger=danger,
        marks=Fraction(1) if option.correct else option.marks or Fraction(0),
        rationale_html=option.rationale.html,
        basis=option.rationale.basis,
        reviewer=option.rationale.reviewer_or_missing_text,
        cites=option.rationale.cites,
        critical_rule=CriticalRule.THIS_CASE if danger is Danger.CRITICAL else None,
    )
