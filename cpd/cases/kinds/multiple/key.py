"""The key of a question with several answers: what options are worth, and what is invalid."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cpd.cases.key import OptionKey, StepKey
from cpd.cases.kinds.kind import AuthoredOption, InvalidKeyError, Mistake, build_mistake_in_option
from cpd.cases.scales import CriticalRule, Danger

NAME = "multiple"


@dataclass(frozen=True, slots=True)
class MultipleOption(AuthoredOption):
    """One box to tick or to leave."""

    danger_if_missed: Danger | None = None
    """The danger of leaving it out when it is right; suboptimal by default."""


def build_multiple_key(
    step_id: str, *, options: Sequence[MultipleOption], say: str = ""
) -> StepKey:
    """Make the key of a step with several answers; raises InvalidKeyError with every mistake.

    Right options share one mark; wrong ones share a deduction of one, so choosing everything
    earns nothing.
    """
    faults = [fault for option in options for fault in option.rationale.mistakes(option.id)]
    right = sum(option.correct for option in options)
    wrong = len(options) - right
    if not right:
        faults.append(Mistake("At least one option must be marked correct."))
    if not wrong:
        message = "At least one option must be wrong, or choosing everything would be right."
        faults.append(Mistake(message))
    for option in options:
        faults.extend(_mistakes_in_option(option))
    if faults:
        raise InvalidKeyError(faults)
    return StepKey(
        id=step_id,
        kind=NAME,
        options=tuple(_build_option_key(option, right=right, wrong=wrong) for option in options),
        say=say,
    )


def _mistakes_in_option(option: MultipleOption) -> list[Mistake]:
    if option.correct and option.danger not in {None, Danger.SAFE}:
        message = f"Option {option.id} is correct, so choosing it is safe."
        return [build_mistake_in_option(option.id, message, "Leave `danger` out.")]
    if not option.correct and option.danger_if_missed not in {None, Danger.SAFE}:
        message = f"Option {option.id} is wrong, so leaving it out is safe."
        return [build_mistake_in_option(option.id, message, "Leave `danger_if_missed` out.")]
    return []


def _build_option_key(option: MultipleOption, *, right: int, wrong: int) -> OptionKey:
    danger, missed = Danger.SAFE, Danger.SAFE
    if option.correct:
        missed = option.danger_if_missed or Danger.SUBOPTIMAL
    else:
        danger = option.danger or Danger.SUBOPTIMAL
    return OptionKey(
        id=option.id,
        correct=option.correct,
        danger=danger,
        marks=Fraction(1, right) if option.correct else Fraction(-1, wrong),
        rationale_html=option.rationale.html,
        basis=option.rationale.basis,
        reviewer=option.rationale.reviewer_or_missing_text,
        cites=option.rationale.cites,
        danger_if_missed=missed,
        critical_rule=CriticalRule.THIS_CASE if Danger.CRITICAL in {danger, missed} else None,
    )
