"""A kind of answer for tests: all options but one belong together, and that one is right."""

from fractions import Fraction

from cpd.cases.front import StepFront, build_options_from_texts
from cpd.cases.key import OptionKey, StepKey
from cpd.cases.kinds.choices import OneChoice
from cpd.cases.kinds.kind import EXAMPLE_RATIONALE, Rationale
from cpd.cases.scales import Danger

NAME = "odd_one_out"


def option_key(option: str, rationale: Rationale, *, is_odd: bool) -> OptionKey:
    """Return the key of one option."""
    return OptionKey(
        id=option,
        correct=is_odd,
        danger=Danger.SAFE if is_odd else Danger.SUBOPTIMAL,
        marks=Fraction(is_odd),
        rationale_html=rationale.html,
        basis=rationale.basis,
        reviewer=rationale.reviewer_or_missing_text,
        cites=rationale.cites,
    )


class OddOneOut(OneChoice):
    """The option that does not belong."""

    name = NAME
    ask = "Choose the odd one out."

    def build_example_step_and_key(self) -> tuple[StepFront, StepKey]:
        """Return an example: two signs of heat and a day of the week."""
        options = build_options_from_texts(
            {"thirst": "Thirst", "cramp": "A cramp", "monday": "Monday"}
        )
        keys = tuple(
            option_key(option.id, EXAMPLE_RATIONALE, is_odd=option.id == "monday")
            for option in options
        )
        front = StepFront(id="odd", prompt="Which is the odd one out?", kind=NAME, options=options)
        return front, StepKey(id="odd", kind=NAME, options=keys)


odd_one_out = OddOneOut()
