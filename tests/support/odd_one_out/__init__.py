"""A kind of answer for tests: all options but one belong together, and that one is right."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from cpd.cases.front import Answer, OptionFront, StepFront
from cpd.cases.key import OptionKey, StepKey
from cpd.cases.kinds import choices
from cpd.cases.kinds.kind import Rationale
from cpd.cases.scales import Basis, Danger

name = "odd_one_out"
shuffles = True
asks_for_decision = False
constant_answers: Mapping[str, Answer] = {}

chosen_texts = choices.chosen_texts
mark = choices.mark_one
next_step = choices.next_after_one
outcomes = choices.outcomes_of_one
turned_away = choices.never_turned_away


def parse(step: StepFront, values: Sequence[str]) -> Answer:
    """Read the option that is the odd one out."""
    return choices.parse_one(step, values, ask="Choose the odd one out.")


def option_key(option: str, rationale: Rationale, *, is_odd: bool) -> OptionKey:
    """Return the key of one option."""
    return OptionKey(
        id=option,
        correct=is_odd,
        danger=Danger.SAFE if is_odd else Danger.SUBOPTIMAL,
        marks=Fraction(is_odd),
        rationale_html=rationale.html,
        basis=rationale.basis,
        reviewer=rationale.signed_by,
        cites=rationale.cites,
    )


def example() -> tuple[StepFront, StepKey]:
    """Return an example: two signs of heat and a day of the week."""
    texts = {"thirst": "Thirst", "cramp": "A cramp", "monday": "Monday"}
    options = tuple(OptionFront(id=option, text=text) for option, text in texts.items())
    rationale = Rationale(html="<p>An example.</p>", basis=Basis.HOUSE_RULE)
    keys = tuple(option_key(option, rationale, is_odd=option == "monday") for option in texts)
    front = StepFront(id="odd", prompt="Which is the odd one out?", kind=name, options=options)
    return front, StepKey(id="odd", kind=name, options=keys)
