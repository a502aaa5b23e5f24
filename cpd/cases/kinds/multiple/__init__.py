"""Every answer that applies, from a list: right ticks add, wrong ones take away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cpd.cases.kinds.choices import chosen, refuse_foreign, words
from cpd.cases.kinds.kind import (
    BLANK,
    InvalidAnswerError,
    InvalidKeyError,
    Mistake,
    Rationale,
    StepMark,
    of_option,
)
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
    "MultipleOption",
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

name = "multiple"
shuffles = True


@dataclass(frozen=True, slots=True)
class MultipleOption:
    """One option as its author describes it."""

    id: str
    correct: bool
    rationale: Rationale
    danger: Danger | None = None
    """Of choosing it when it is wrong: suboptimal, unless it says otherwise."""
    danger_if_missed: Danger | None = None
    """Of leaving it out when it is right: suboptimal, unless it says otherwise."""


def parse(step: StepFront, values: Sequence[str]) -> Answer | None:
    """Read the ticked options; none is a blank, which may be saved."""
    refuse_foreign(step, values)
    if len(set(values)) != len(values):
        raise InvalidAnswerError("One answer came twice. Tick each answer at most once.")
    if not values:
        return None
    return {"choices": [option for option in step.option_ids if option in values]}


def mark(key: StepKey, answer: Answer | None) -> StepMark:
    """Add the marks of what was ticked, never below 0; the worst wrong or missed option decides."""
    picked = chosen(answer)
    if not picked:
        return BLANK
    earned = sum((key.option(option_id).marks for option_id in picked), Fraction(0))
    dangers = {option.id: _danger(option, picked=option.id in picked) for option in key.options}
    worst = max(dangers.values())
    because = () if worst is Danger.SAFE else tuple(o for o, d in dangers.items() if d is worst)
    return StepMark(earned=max(earned, Fraction(0)), danger=worst, chosen=picked, because=because)


def _danger(option: OptionKey, *, picked: bool) -> Danger:
    return option.danger if picked else option.danger_if_missed


def next_step(step: StepFront, answer: Answer | None) -> str | None:
    """Return the one step that follows, whatever was ticked."""
    return step.routes.get("*") if chosen(answer) else None


def outcomes(key: StepKey) -> Iterator[tuple[Answer, StepMark]]:
    """Return the exact key, and the key with one tick too many or too few.

    These suffice: every further difference earns less, and all answers lead to the same step.
    """
    exact = set(key.correct_ids)
    for change in [set[str](), *({option.id} for option in key.options)]:
        picked = exact ^ change
        if picked:
            answer: Answer = {"choices": [o.id for o in key.options if o.id in picked]}
            yield answer, mark(key, answer)


def make_front(
    step_id: str,
    *,
    prompt: str,
    options: Sequence[OptionFront],
    leads_to: str | None = None,
    when: str = "",
    vignette_html: str = "",
) -> StepFront:
    """Make the front of a step with several answers; all of them lead to one step or the end."""
    routes: Mapping[str, str | None] = {"*": leads_to}
    return StepFront(
        id=step_id,
        prompt=prompt,
        kind=name,
        options=tuple(options),
        when=when,
        vignette_html=vignette_html,
        routes=routes,
    )


def make_key(step_id: str, *, options: Sequence[MultipleOption], say: str = "") -> StepKey:
    """Make the key of a step with several answers; InvalidKeyError names every mistake.

    Right options share one mark; wrong ones share a deduction of one, so ticking everything
    earns nothing.
    """
    faults = [fault for option in options for fault in option.rationale.faults(option.id)]
    right = sum(option.correct for option in options)
    wrong = len(options) - right
    if not right:
        faults.append(Mistake("At least one option must be marked correct."))
    if not wrong:
        message = "At least one option must be wrong; else ticking everything would be right."
        faults.append(Mistake(message))
    for option in options:
        faults.extend(_faults_of(option))
    if faults:
        raise InvalidKeyError(faults)
    return StepKey(
        id=step_id,
        kind=name,
        options=tuple(_option(option, right=right, wrong=wrong) for option in options),
        say=say,
    )


def _faults_of(option: MultipleOption) -> list[Mistake]:
    if option.correct and option.danger not in {None, Danger.SAFE}:
        message = f"Option {option.id} is correct, so choosing it is safe."
        return [of_option(option.id, message, "Leave `danger` out.")]
    if not option.correct and option.danger_if_missed not in {None, Danger.SAFE}:
        message = f"Option {option.id} is wrong, so nobody misses it."
        return [of_option(option.id, message, "Leave `danger_if_missed` out.")]
    return []


def _option(option: MultipleOption, *, right: int, wrong: int) -> OptionKey:
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
        reviewer=option.rationale.signed_by,
        cites=option.rationale.cites,
        danger_if_missed=missed,
        critical_rule=CriticalRule.THIS_CASE if Danger.CRITICAL in {danger, missed} else None,
    )


def example() -> tuple[StepFront, StepKey]:
    """Return what to ask before the session."""
    texts = {
        "new-signs": "Is anything new or different since last time?",
        "fever": "Have you had a fever?",
        "star-sign": "What is your star sign?",
        "price": "Would you like to pay for ten sessions today?",
    }
    front = make_front(
        "ask",
        prompt="What do you ask before you start?",
        options=[OptionFront(id=option_id, text=text) for option_id, text in texts.items()],
    )
    rationale = Rationale(html="<p>An example.</p>", basis=Basis.HOUSE_RULE)
    key = make_key(
        "ask",
        options=[
            MultipleOption(
                id=option_id, correct=option_id in {"new-signs", "fever"}, rationale=rationale
            )
            for option_id in texts
        ],
    )
    return front, key
