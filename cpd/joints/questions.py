"""How a lower room asks a higher one: it declares the question or the slot, they answer or fill it.

The guard's questions alone are answered from the request; all others are told what they need.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from cpd.joints.registry import current_registry

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Answer:
    """A question and the room's answer to it."""

    question: "Question[..., Any]"
    answer: Callable[..., Any]


@dataclass(frozen=True)
class SlotPart:
    """One room's part of a slot, and where it stands among the others."""

    slot: "Slot[..., Any]"
    filling: Callable[..., Any]
    order: int


class Question(Generic[P, R]):
    """Has exactly one answer: where nobody or more than one answers, the app does not start."""

    def __init__(self, name: str) -> None:
        self.name = name

    def answered_by(self, answer: Callable[P, R]) -> Answer:
        """Return what a room writes under `answers`."""
        return Answer(self, answer)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask."""
        answer: Callable[P, R] = current_registry().answers[self]
        return answer(*args, **kwargs)


class Slot(Generic[P, R]):
    """Has a part from each room that fills it, in a stated order; from none it is empty."""

    def filled_by(self, filling: Callable[P, R], *, order: int) -> SlotPart:
        """Return what a room writes under `fills`."""
        return SlotPart(self, filling, order)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Return all parts."""
        return [filling(*args, **kwargs) for filling in current_registry().fillings.get(self, ())]
