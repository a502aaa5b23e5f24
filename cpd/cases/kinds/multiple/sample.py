"""A small question with several answers and its key, as an example for tests."""

from cpd.cases.front import ANY_OPTION, StepFront, options_from
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import EXAMPLE_RATIONALE
from cpd.cases.kinds.multiple.key import NAME, MultipleOption, make_key


def example() -> tuple[StepFront, StepKey]:
    """Return the question what to ask before the session."""
    texts = {
        "new-signs": "Is anything new or different since last time?",
        "fever": "Have you had a fever?",
        "star-sign": "What is your star sign?",
        "price": "Would you like to pay for ten sessions today?",
    }
    options = options_from(texts)
    front = StepFront(
        id="ask",
        prompt="What do you ask before you start?",
        kind=NAME,
        options=options,
        routes={ANY_OPTION: None},
    )
    authored = [
        MultipleOption(option.id, option.id in {"new-signs", "fever"}, EXAMPLE_RATIONALE)
        for option in options
    ]
    return front, make_key("ask", options=authored)
