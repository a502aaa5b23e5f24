"""An odd one out in a case file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import InvalidKeyError, Mistake
from cpd.cases.kinds.step_file import StepFile, StepTexts, WordedOption, WordedStep
from cpd.content.frontmatter import Path
from tests.support.odd_one_out.kind import NAME, option_key


def odd_option_not_longest(step: "OddOneOutStep", _stem: str) -> Iterator[Mistake]:
    """The odd one out is not the longest text."""
    longest = max(step.options, key=lambda option: len(option.text))
    if longest.correct:
        yield Mistake("The odd one out is the longest.", "Shorten it.", ("options", longest.id))


class OddOneOutStep(WordedStep):
    """Find the one that does not belong."""

    kind: Literal["odd_one_out"]
    options: list[WordedOption]

    lint_rules = (odd_option_not_longest,)

    @property
    def answer_paths_and_targets(self) -> Sequence[tuple[Path, str]]:
        """No other step follows."""
        return [(("options",), "end")]

    @property
    def next_step_ids_by_option(self) -> Mapping[str, str | None]:
        """No other step follows."""
        return {}

    def build_key(self, texts: StepTexts) -> StepKey:
        """Return the key; the odd one out must be marked."""
        if not any(option.correct for option in self.options):
            raise InvalidKeyError([Mistake("No option is the odd one out.")])
        pairs = zip(self.options, self.build_rationales(texts), strict=True)
        options = tuple(
            option_key(option.id, rationale, is_odd=option.correct) for option, rationale in pairs
        )
        return StepKey(id=self.id, kind=NAME, options=options)

    @classmethod
    def build_statistics_sentences(cls, steps: Iterable[StepFile]) -> list[str]:
        """Count them."""
        return [f"Odd ones out: {sum(isinstance(step, cls) for step in steps)}."]


STEP_FILE = OddOneOutStep
