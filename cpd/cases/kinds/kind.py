"""The interface of a kind of answer, and the values it works with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from cpd.cases.front import Answer, StepFront
from cpd.cases.key import StepKey
from cpd.cases.scales import Basis, Danger

AWAITING_REVIEW = "awaiting review"
"""Shown instead of the reviewer's name until a clinician has signed."""


class InvalidAnswerError(ValueError):
    """What was sent does not answer the step; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with a step or its key, and what to do about it."""

    message: str
    remedy: str = "Correct the key."
    place: tuple[str, ...] = ()
    """Where in the step, such as `("options", "a")`; empty for the step as a whole."""

    def __str__(self) -> str:
        """Return both sentences."""
        return f"{self.message} {self.remedy}"


class InvalidKeyError(ValueError):
    """A key contradicts itself or the rules; `faults` holds every mistake."""

    def __init__(self, faults: Sequence[Mistake]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(map(str, self.faults)))


def build_mistake_in_option(option: str, message: str, remedy: str) -> Mistake:
    """Return a mistake in one option."""
    return Mistake(message, remedy, ("options", option))


@dataclass(frozen=True, slots=True)
class StepMark:
    """What one answer to one step earned, and what it would have done to the client."""

    earned: Fraction
    """From 0 to 1."""
    danger: Danger | None
    """The worst danger of the chosen and omitted options; None when nothing was chosen."""
    chosen: tuple[str, ...]
    dangerous_options: tuple[str, ...] = ()
    """The options behind a danger other than safe: wrong ones chosen, or right ones missed."""

    @property
    def is_blank(self) -> bool:
        """Return whether nothing was chosen."""
        return not self.chosen


BLANK = StepMark(earned=Fraction(0), danger=None, chosen=())
"""No answer: it earns nothing and endangers nobody."""


@dataclass(frozen=True, slots=True)
class Rationale:
    """Why an option is right or wrong, and the basis of that claim."""

    html: str
    basis: Basis
    reviewer: str = ""
    cites: tuple[str, ...] = ()

    def mistakes(self, option: str) -> list[Mistake]:
        """Return what is missing."""
        mistakes = []
        if not self.html.strip():
            message = f"Option {option} has no rationale."
            mistakes.append(
                build_mistake_in_option(option, message, "Say why it is right or wrong.")
            )
        if self.basis.needs_citation and not self.cites:
            message = f"Option {option} is based on {self.basis.value} but cites nothing."
            remedy = "Add a [@reference] to its rationale, or choose another basis."
            mistakes.append(build_mistake_in_option(option, message, remedy))
        return mistakes

    @property
    def reviewer_or_missing_text(self) -> str:
        """Return the reviewer, or a text that says that a required review is missing."""
        return self.reviewer if self.basis.needs_citation else self.reviewer or AWAITING_REVIEW


EXAMPLE_RATIONALE = Rationale(html="<p>An example.</p>", basis=Basis.HOUSE_RULE)
"""The rationale of every option in the examples of the kinds."""


@dataclass(frozen=True, slots=True)
class AuthoredOption:
    """One option as its author describes it; a kind adds what may be said of its own options."""

    id: str
    correct: bool
    rationale: Rationale
    danger: Danger | None = None
    """The danger of choosing it. A right one is safe; a wrong one is suboptimal by default."""


class Kind(ABC):
    """One form of answer.

    The package that defines a kind, in its `kind.py`, also holds `ask.html`, `review.html`,
    `edit.html` with `offer.html` for the form of a case, `called.html` with what pages call it, and
    `step_file.py`, which defines how a step of the kind is written in a case file.
    """

    name: ClassVar[str]
    shuffles: ClassVar[bool] = True
    """Whether the options may be shown in another order than the author's."""
    asks_for_decision: ClassVar[bool] = False
    """Whether an answer is one of the five decisions about today's session, shown with its icon."""
    constant_answers: ClassVar[Mapping[str, Answer]] = {}
    """Answers that fit every step of this kind, by name."""

    @property
    def package_name(self) -> str:
        """Return the name of the package that defines this kind."""
        return type(self).__module__.removesuffix(".kind")

    @abstractmethod
    def build_example_step_and_key(self) -> tuple[StepFront, StepKey]:
        """Return a small step of this kind and its key."""

    @abstractmethod
    def parse_answer(self, step: StepFront, values: Sequence[str]) -> Answer | None:
        """Parse what a form sent; None is a blank, which may be saved.

        Raises InvalidAnswerError with a message that says what to do.
        """

    @abstractmethod
    def chosen_texts(self, step: StepFront, answer: Answer | None) -> list[str]:
        """Return the chosen options in the words of the page."""

    @abstractmethod
    def mark_answer(self, key: StepKey, answer: Answer | None) -> StepMark:
        """Return what an answer earned; raises UnknownOptionError for an option without a key."""

    def was_client_turned_away(self, key: StepKey, mark: StepMark) -> bool:
        """Return whether a client who could be treated today was sent away."""
        del key, mark
        return False

    @abstractmethod
    def next_step_id_or_none(self, step: StepFront, answer: Answer | None) -> str | None:
        """Return the id of the step that follows; None at the end of the case and after a blank."""

    @abstractmethod
    def possible_answers_with_marks(self, key: StepKey) -> Iterable[tuple[Answer, StepMark]]:
        """Return enough answers to prove a case: the best one, and the best of each danger."""
