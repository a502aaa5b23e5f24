"""How a lower room asks a higher one: it declares the question, the higher room answers it."""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """A question with a default answer, used until a room joins its own in `app.py`."""

    def __init__(self, default: Callable[P, R]) -> None:
        self._answer = default

    def answered_by(self, answer: Callable[P, R]) -> None:
        """Join the room's answer; the last one stands."""
        self._answer = answer

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask."""
        return self._answer(*args, **kwargs)
