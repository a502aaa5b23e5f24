"""A small question with one answer and its key, as an example for tests."""

from cpd.cases.front import StepFront, build_options_from_texts
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import EXAMPLE_RATIONALE
from cpd.cases.kinds.single.key import NAME, SingleOption, build_single_key


def build_example_step_and_key() -> tuple[StepFront, StepKey]:
    """Return the question whom to tell, and by when."""
    texts = {
        "nurse-today": "Her nurse, today",
        "doctor-week": "Her doctor, within a week",
        "nobody": "Nobody: it is hers to tell",
    }
    options = build_options_from_texts(texts)
    front = StepFront(
        id="tell", prompt="Whom do you tell, and by when?", kind=NAME, options=options
    )
    authored = [
        SingleOption(option.id, option.id == "nurse-today", EXAMPLE_RATIONALE) for option in options
    ]
    return front, build_single_key("tell", options=authored)
