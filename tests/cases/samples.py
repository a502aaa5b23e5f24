"""Small cases for the tests of rules and kinds, each as front and key."""

from collections.abc import Mapping, Sequence
from typing import Any

from cpd.cases.front import Answer, CaseFront, OptionFront, StepFront
from cpd.cases.key import CaseKey, StepKey
from cpd.cases.kinds.decision import front as decision_front
from cpd.cases.kinds.decision import key as decision_key
from cpd.cases.kinds.decision.key import Reason
from cpd.cases.kinds.kind import Rationale
from cpd.cases.kinds.multiple import key as multiple_key
from cpd.cases.kinds.single import key as single_key
from cpd.cases.prover import build_case_key
from cpd.cases.scales import Basis, Danger, Decision, Difficulty, Pool

Step = tuple[StepFront, StepKey]
Case = tuple[CaseFront, CaseKey]

WHY = Rationale(html="<p>Because.</p>", basis=Basis.HOUSE_RULE)
CITED = Reason(html="<p>Because of this paper.</p>", cites=("heidari-2022",))
RATIONALES = dict.fromkeys(Decision, WHY)

PROCEED, MODIFY, POSTPONE, SAME_DAY, EMERGENCY = Decision


def chose(option: str) -> Answer:
    return {"choice": str(option)}


def ticked(*options: str) -> Answer:
    return {"choices": list(options)}


def decide(
    key: Decision = SAME_DAY,
    *,
    step: str = "decide",
    routes: Mapping[str, str | None] | None = None,
    **rules: Any,
) -> Step:
    front = decision_front.build_decision_front(
        step, prompt="What do you decide?", routes=routes or {}
    )
    made = decision_key.build_decision_key(
        step, key=key, rationales=RATIONALES, say="Let us wait.", **rules
    )
    return front, made


def ask_one(
    step: str = "tell",
    *,
    dangers: Mapping[str, Danger] | None = None,
    routes: Mapping[str, str | None] | None = None,
) -> Step:
    """One right answer, "right", and wrong ones with their dangers."""
    wrong = dangers or {"wrong": Danger.SUBOPTIMAL}
    front = StepFront(
        id=step,
        prompt="Whom do you tell?",
        kind="single",
        options=tuple(OptionFront(id=o, text=f"The {o} one") for o in ["right", *wrong]),
        routes=dict(routes or {}),
    )
    options = [
        single_key.SingleOption(id="right", correct=True, rationale=WHY),
        *(single_key.SingleOption(id=o, correct=False, rationale=WHY, danger=d)
          for o, d in wrong.items()),
    ]  # fmt: skip
    return front, single_key.build_single_key(step, options=options)


def ask_many(
    step: str = "check",
    *,
    right: Sequence[str] = ("fever", "new-signs"),
    wrong: Sequence[str] = ("price", "star-sign"),
    missed: Mapping[str, Danger] | None = None,
    dangers: Mapping[str, Danger] | None = None,
    leads_to: str | None = None,
) -> Step:
    front = StepFront(
        id=step,
        prompt="What do you ask?",
        kind="multiple",
        options=tuple(OptionFront(id=o, text=f"Ask about {o}") for o in [*right, *wrong]),
        routes={"*": leads_to},
    )
    options = [
        *(multiple_key.MultipleOption(o, correct=True, rationale=WHY,
                                  danger_if_missed=(missed or {}).get(o)) for o in right),
        *(multiple_key.MultipleOption(o, correct=False, rationale=WHY,
                                  danger=(dangers or {}).get(o)) for o in wrong),
    ]  # fmt: skip
    return front, multiple_key.build_multiple_key(step, options=options)


def case(*steps: Step, name: str = "mina", **facts: Any) -> Case:
    fronts, keys = zip(*steps, strict=True)
    known: dict[str, Any] = {
        "title": "A client",
        "stem_html": "<p>A client comes in. Plan: 40 minutes.</p>",
        "objectives": ("stop-signs",),
        "hazards": ("fever",),
        "family": name,
        "difficulty": Difficulty.MEDIUM,
        "pool": Pool.EXAM,
        "red_flag": True,
        "section": "flare-ups",
        "passage": "section:flare-ups#fever",
    }
    front = CaseFront(id=name, steps=tuple(fronts), **(known | facts))
    return front, build_case_key(front, keys)


def flat(key: Decision = SAME_DAY, *, name: str = "mina", **facts: Any) -> Case:
    """A case of one decision."""
    return case(decide(key), name=name, **facts)
