"""The key of a decision: what each of the five is worth, and what is invalid."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from cpd.cases.key import OptionKey, StepKey
from cpd.cases.kinds.decision.front import NAME
from cpd.cases.kinds.kind import InvalidKeyError, Mistake, Rationale, build_mistake_in_option
from cpd.cases.mark_table import danger_and_marks_of_decision
from cpd.cases.scales import CriticalRule, Danger, Decision

EQUAL_MARKS_DISTANCES = (-1, 1, 2)
"""How many steps more cautious than the key a decision may be and still earn the same marks. Two is
allowed because working elsewhere and having a sore looked at today can both be right where
postponing is not."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision earns the same marks as the key, or why it is critical in this case."""

    html: str
    cites: tuple[str, ...] = ()


def build_decision_key(
    step_id: str,
    *,
    key: Decision,
    rationales: Mapping[Decision, Rationale],
    also: Mapping[Decision, Reason] | None = None,
    raised: Mapping[Decision, Reason] | None = None,
    emergency_sign: bool = False,
    clot_suspected: bool = False,
    say: str = "",
) -> StepKey:
    """Make the key of a decision step; raises InvalidKeyError with every mistake.

    A right decision earns 1. One step too cautious earns 1/2, and more than one step earns 0. A
    decision that is not cautious enough earns 0 and is unsafe. Treating despite an emergency sign
    (which a key of emergency implies) or a suspected clot is critical. `also` names close decisions
    that earn the same marks. `raised` makes unsafe decisions critical, each with a reason that must
    cite a source. Nothing lowers a danger.
    """
    also, raised = also or {}, raised or {}
    rule = _rule_that_makes_treating_critical_or_none(
        key, emergency_sign=emergency_sign, clot_suspected=clot_suspected
    )
    accepted = {key, *also}
    plain = {
        decision: _build_option_key(
            decision, accepted=accepted, rule=rule, rationale=rationales[decision]
        )
        for decision in Decision
        if decision in rationales
    }
    faults = [
        *_mistakes_in_rationales(rationales),
        *_mistakes_in_equal_decisions(key, also, rule),
        *_mistakes_in_raised_decisions(raised, plain),
    ]
    if not say.strip():
        message = "The step has no sentence to say to the client."
        faults.append(Mistake(message, "Add `say`.", ("say",)))
    if faults:
        raise InvalidKeyError(faults)
    return StepKey(
        id=step_id,
        kind=NAME,
        options=tuple(_option_key_with_note(o, also=also, raised=raised) for o in plain.values()),
        say=say,
        key=key,
        also=tuple(sorted(also)),
    )


def _mistakes_in_rationales(rationales: Mapping[Decision, Rationale]) -> list[Mistake]:
    missing = [
        build_mistake_in_option(d, f"Decision {d.value} has no rationale.", "All five need one.")
        for d in Decision
        if d not in rationales
    ]
    return missing + [
        mistake for d, rationale in rationales.items() for mistake in rationale.mistakes(d.value)
    ]


def _rule_that_makes_treating_critical_or_none(
    key: Decision, *, emergency_sign: bool, clot_suspected: bool
) -> CriticalRule | None:
    if key is Decision.EMERGENCY or emergency_sign:
        return CriticalRule.EMERGENCY_SIGN
    return CriticalRule.CLOT_SUSPECTED if clot_suspected else None


def _build_option_key(
    decision: Decision,
    *,
    accepted: Collection[Decision],
    rule: CriticalRule | None,
    rationale: Rationale,
) -> OptionKey:
    danger, marks = danger_and_marks_of_decision(
        decision, accepted=accepted, treating_is_critical=rule is not None
    )
    return OptionKey(
        id=decision.value,
        correct=decision in accepted,
        danger=danger,
        marks=marks,
        rationale_html=rationale.html,
        basis=rationale.basis,
        reviewer=rationale.reviewer_or_missing_text,
        cites=rationale.cites,
        critical_rule=rule if danger is Danger.CRITICAL else None,
    )


def _option_key_with_note(
    option: OptionKey, *, also: Mapping[Decision, Reason], raised: Mapping[Decision, Reason]
) -> OptionKey:
    decision = Decision(option.id)
    if decision in also:
        reason = also[decision]
    elif decision in raised:
        reason = raised[decision]
        option = replace(option, danger=Danger.CRITICAL, critical_rule=CriticalRule.THIS_CASE)
    else:
        return option
    cites = (*option.cites, *(cite for cite in reason.cites if cite not in option.cites))
    return replace(option, note_html=reason.html, cites=cites)


def _mistakes_in_equal_decisions(
    key: Decision, also: Mapping[Decision, Reason], rule: CriticalRule | None
) -> list[Mistake]:
    faults = []
    for decision, reason in also.items():
        place = ("also", decision.value)
        if decision.rank - key.rank not in EQUAL_MARKS_DISTANCES:
            message = (
                f"Only a decision next to {key.value}, or one two steps more careful, can earn "
                f"equal marks; {decision.value} is neither."
            )
            faults.append(Mistake(message, "Leave it out of `also`.", place))
        if not reason.html.strip():
            message = f"Say why {decision.value} earns equal marks."
            faults.append(Mistake(message, "The learner sees it.", place))
    if rule is not None:
        faults.extend(
            Mistake(
                f"Treating is critical here ({rule.value}), so {decision.value} cannot be right.",
                place=("key",) if decision is key else ("also", decision.value),
            )
            for decision in sorted({key, *also})
            if decision.treats_client
        )
    return faults


def _mistakes_in_raised_decisions(
    raised: Mapping[Decision, Reason], plain: Mapping[Decision, OptionKey]
) -> list[Mistake]:
    faults = []
    for decision, reason in raised.items():
        option, place = plain.get(decision), ("raise", decision.value)
        if option is not None and option.danger is not Danger.UNSAFE:
            already = " already" if option.danger is Danger.CRITICAL else ""
            message = (
                f"Only an unsafe decision can be raised to critical; {decision.value} is "
                f"{option.danger.value}{already}."
            )
            faults.append(Mistake(message, "Leave it out of `raise`.", place))
        if not reason.html.strip() or not reason.cites:
            message = f"Raising {decision.value} to critical needs a reason that cites a source."
            faults.append(Mistake(message, "Add a [@reference] to the reason.", place))
    return faults
