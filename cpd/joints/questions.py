"""How a lower room asks a higher one: it declares a question or a slot that higher rooms fill.

Only the guard's questions are answered from the request. All others get what they need as
arguments, so that the worker and the command line can ask them too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from cpd.joints.registry import current_registry

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Answer:
    """A question and the function that answers it."""

    question: "Question[..., Any]"
    function: Callable[..., Any]


@dataclass(frozen=True)
class SlotPart:
    """One room's part of a slot, and its place among the others."""

    slot: "Slot[..., Any]"
    function: Callable[..., Any]
    order: int


class Question(Generic[P, R]):
    """Has exactly one answer: with none, or with two, the app does not start."""

    def __init__(self, name: str) -> None:
        self.name = name

    def answered_by(self, function: Callable[P, R]) -> Answer:
        """Return the entry for a room's `answers`."""
        return Answer(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the answer."""
        answer: Callable[P, R] = current_registry().answers[self]
        return answer(*args, **kwargs)


class Slot(Generic[P, R]):
    """Has one part from each room that fills it, in a stated order; it may be empty."""

    def filled_by(self, function: Callable[P, R], *, order: int) -> SlotPart:
        """Return the entry for a room's `fills`."""
        return SlotPart(self, function, order)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Return what each part returns, in order."""
        return [part(*args, **kwargs) for part in current_registry().slot_parts.get(self, ())]
