"""A small question with one answer and its key, as an example for tests."""

from cpd.cases.front import OptionFront, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import Rationale
from cpd.cases.kinds.single.key import NAME, SingleOption, make_key
from cpd.cases.scales import Basis


def example() -> tuple[StepFront, StepKey]:
    """Return the question whom to tell, and by when."""
    texts = {
        "team-today": "Her MS team, today",
        "doctor-week": "Her doctor, within a week",
        "nobody": "Nobody: it is hers to tell",
    }
    front = StepFront(
        id="tell",
        prompt="Whom do you tell, and by when?",
        kind=NAME,
        options=tuple(OptionFront(id=option_id, text=text) for option_id, text in texts.items()),
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
