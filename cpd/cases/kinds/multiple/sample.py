"""A small question with several answers and its key, as an example for tests."""

from cpd.cases.front import ANY_OPTION, StepFront, build_options_from_texts
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import EXAMPLE_RATIONALE
from cpd.cases.kinds.multiple.key import NAME, MultipleOption, build_multiple_key


def build_example_step_and_key() -> tuple[StepFront, StepKey]:
    """Return the question what to ask before the session."""
    texts = {
        "new-signs": "Is anything new or different since last time?",
        "fever": "Have you had a fever?",
        "star-sign": "What is your star sign?",
        "price": "Would you like to pay for ten sessions today?",
    }
    options = build_options_from_texts(texts)
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
    return front, build_multiple_key("ask", options=authored)
