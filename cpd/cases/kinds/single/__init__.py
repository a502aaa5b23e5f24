"""One answer from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cpd.cases.kinds.choices import mark_one as mark
from cpd.cases.kinds.choices import next_after_one as next_step
from cpd.cases.kinds.choices import outcomes_of_one as outcomes
from cpd.cases.kinds.choices import parse_one, words
from cpd.cases.kinds.kind import InvalidKeyError, Mistake, Rationale, of_option
from cpd.cases.model import (
    Answer,
    Basis,
    CriticalRule,
    Danger,
    OptionFront,
    OptionKey,
    StepFront,
    StepKey,
)

__all__ = [
    "SingleOption",
    "example",
    "make_front",
    "make_key",
    "mark",
    "name",
    "next_step",
    "outcomes",
    "parse",
    "shuffles",
    "words",
]

name = "single"
shuffles = True


@dataclass(frozen=True, slots=True)
class SingleOption:
    """One option as its author describes it."""

    id: str
    correct: bool
    rationale: Rationale
    marks: Fraction | None = None
    """The right one always earns 1; a wrong one 0, unless it says more."""
    danger: Danger | None = None
    """The right one is always safe; a wrong one suboptimal, unless it says otherwise."""


def parse(step: StepFront, values: Sequence[str]) -> Answer:
    """Read one option."""
    return parse_one(step, values, ask="Choose one answer.")


def make_front(
    step_id: str,
    *,
    prompt: str,
    options: Sequence[OptionFront],
    routes: dict[str, str | None],
    when: str = "",
    vignette_html: str = "",
) -> StepFront:
    """Make the front of a step with one answer."""
    return StepFront(
        id=step_id,
        prompt=prompt,
        kind=name,
        options=tuple(options),
        when=when,
        vignette_html=vignette_html,
        routes=dict(routes),
    )


def make_key(step_id: str, *, options: Sequence[SingleOption], say: str = "") -> StepKey:
    """Make the key of a step with one answer; InvalidKeyError names every mistake."""
    faults = [fault for option in options for fault in option.rationale.faults(option.id)]
    if sum(option.correct for option in options) != 1:
        faults.append(Mistake("Exactly one option must be marked correct."))
    for option in options:
        faults.extend(_faults_of_right(option) if option.correct else _faults_of_wrong(option))
    if faults:
        raise InvalidKeyError(faults)
    return StepKey(id=step_id, kind=name, options=tuple(map(_option, options)), say=say)


def _faults_of_right(option: SingleOption) -> list[Mistake]:
    faults = []
    if option.marks not in {None, Fraction(1)}:
        message = f"Option {option.id} is correct, so it earns full marks."
        faults.append(of_option(option.id, message, "Leave `marks` out."))
    if option.danger not in {None, Danger.SAFE}:
        message = f"Option {option.id} is correct, so it is safe."
        faults.append(of_option(option.id, message, "Leave `danger` out."))
    return faults


def _faults_of_wrong(option: SingleOption) -> list[Mistake]:
    marks, danger = option.marks or Fraction(0), option.danger
    if not 0 <= marks < 1:
        message = f"Option {option.id} is wrong, so its marks are at least 0 and below 1."
        return [of_option(option.id, message, "Put the marks right.")]
    if marks and danger is not None and danger.could_harm:
        message = f"Option {option.id} is {danger.value}, so it earns nothing."
        return [of_option(option.id, message, "Leave `marks` out.")]
    return []


def _option(option: SingleOption) -> OptionKey:
    danger = Danger.SAFE if option.correct else option.danger or Danger.SUBOPTIMAL
    return OptionKey(
        id=option.id,
        correct=option.correct,
        danger=danger,
        marks=Fraction(1) if option.correct else option.marks or Fraction(0),
        rationale_html=option.rationale.html,
        basis=option.rationale.basis,
        reviewer=option.rationale.signed_by,
        cites=option.rationale.cites,
        critical_rule=CriticalRule.THIS_CASE if danger is Danger.CRITICAL else None,
    )


def example() -> tuple[StepFront, StepKey]:
    """Return whom to tell, and by when."""
    texts = {
        "team-today": "Her MS team, today",
        "doctor-week": "Her doctor, within a week",
        "nobody": "Nobody: it is hers to tell",
    }
    front = make_front(
        "tell",
        prompt="Whom do you tell, and by when?",
        options=[OptionFront(id=option_id, text=text) for option_id, text in texts.items()],
        routes={},
    )
    rationale = Rationale(html="<p>An example.</p>", basis=Basis.HOUSE_RULE)
    key = make_key(
        "tell",
        options=[
            SingleOption(id=option_id, correct=option_id == "team-today", rationale=rationale)
            for option_id in texts
        ],
    )
    return front, key
