"""One answer from a list."""

from cpd.cases.front import StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.choices import OneChoice
from cpd.cases.kinds.single import sample
from cpd.cases.kinds.single.key import NAME


class Single(OneChoice):
    """One answer from a list, such as whom to tell."""

    name = NAME
    ask = "Choose one answer."

    def build_example_step_and_key(self) -> tuple[StepFront, StepKey]:
        """Return the question whom to tell, and by when."""
        return sample.build_example_step_and_key()


single = Single()
