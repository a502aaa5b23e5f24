"""The list of all kinds of answer; to add one, add a folder and a line here."""

from cpd.cases.front import Answer, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.decision.kind import decision
from cpd.cases.kinds.kind import Kind
from cpd.cases.kinds.multiple.kind import multiple
from cpd.cases.kinds.single.kind import single

KINDS: dict[str, Kind] = {kind.name: kind for kind in (decision, single, multiple)}


def find_deciding_kind() -> str:
    """Return the name of the kind that asks for the decision about today's session."""
    return next(name for name, kind in KINDS.items() if kind.asks_for_decision)


def asks_for_decision(step: StepFront) -> bool:
    """Return whether a step asks for one of the five decisions about today's session."""
    return KINDS[step.kind].asks_for_decision


def best_answer_to_step(key: StepKey) -> Answer:
    """Return an answer to a step that earns the most; the first of several."""
    answer, _ = max(
        KINDS[key.kind].possible_answers_with_marks(key), key=lambda outcome: outcome[1].earned
    )
    return answer
