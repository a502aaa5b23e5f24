"""A small question with several answers and its key, as an example for tests."""

from cpd.cases.front import ANY_OPTION, OptionFront, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import Rationale
from cpd.cases.kinds.multiple.key import NAME, MultipleOption, make_key
from cpd.cases.scales import Basis


def example() -> tuple[StepFront, StepKey]:
    """Return the question what to ask before the session."""
    texts = {
        "new-signs": "Is anything new or different since last time?",
        "fever": "Have you had a fever?",
        "star-sign": "What is your star sign?",
        "price": "Would you like to pay for ten sessions today?",
    }
    front = StepFront(
        id="ask",
        prompt="What do you ask before you start?",
        kind=NAME,
        options=tuple(OptionFront(id=option_id, text=text) for option_id, text in texts.items()),
        routes={ANY_OPTION: None},
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
