"""How one answer is parsed from a form."""

from collections.abc import Sequence

from cpd.cases.front import Answer, StepFront
from cpd.cases.kinds.choices import parse_one


def parse(step: StepFront, values: Sequence[str]) -> Answer:
    """Parse one option."""
    return parse_one(step, values, ask="Choose one answer.")
