"""A small decision step with its key, as an example for tests."""

from cpd.cases.front import StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.decision.front import build_decision_front
from cpd.cases.kinds.decision.key import build_decision_key
from cpd.cases.kinds.kind import EXAMPLE_RATIONALE
from cpd.cases.scales import Decision


def build_example_step_and_key() -> tuple[StepFront, StepKey]:
    """Return the decision about a fever with new numbness: medical advice today."""
    front = build_decision_front(
        "decide", prompt="What do you decide about today's session?", routes={}
    )
    key = build_decision_key(
        "decide",
        key=Decision.SAME_DAY,
        rationales=dict.fromkeys(Decision, EXAMPLE_RATIONALE),
        say="I would like you to call your doctor now; I will stay with you while you do.",
    )
    return front, key
