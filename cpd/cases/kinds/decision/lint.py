"""Rules of item writing for a decision: what was filled in and is still to be written."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from cpd.cases.kinds.kind import Mistake
from cpd.cases.scales import Decision
from cpd.cases.standard_reasons import SENTENCES_TO_SAY, is_standard_reason


class DecisionTexts(Protocol):
    """What an author writes for a decision."""

    say: str

    @property
    def rationales(self) -> Mapping[Decision, str]:
        """The reason for or against each decision, as Markdown."""


def no_standard_reasons(step: DecisionTexts, _stem: str) -> Iterator[Mistake]:
    """A reason that the short form filled in does not yet say anything about this client."""
    for decision, rationale in step.rationales.items():
        if is_standard_reason(rationale):
            yield Mistake(
                "This reason is still a standard text.",
                "Say what is right or wrong for this client.",
                ("options", decision.value, "rationale"),
            )


def no_standard_sentence_to_say(step: DecisionTexts, _stem: str) -> Iterator[Mistake]:
    """A sentence to say that the short form filled in is not yet worded for this client."""
    if step.say in SENTENCES_TO_SAY.values():
        yield Mistake(
            "The sentence to say is still a standard text.",
            "Write what you would say to this client.",
            ("say",),
        )


LINT_RULES = (no_standard_reasons, no_standard_sentence_to_say)
