"""Remembering, in the memory of one process, what can never change under its key."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


_all: "list[Remembered[Any, Any]]" = []


def forget() -> None:
    """Forget everything, wherever it is remembered: for measuring and for tests."""
    for remembered in _all:
        remembered.forget()


class Remembered(Generic[K, V]):
    """The newest few values by key; safe among threads. Made once, when a module is loaded."""

    def __init__(self, most: int) -> None:
        """Keep `most` values and forget the one unused for longest."""
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()
        _all.append(self)

    def recall(self, key: K) -> V | None:
        """Return the value, or None when it is not remembered."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: K, value: V) -> V:
        """Remember a value and return it."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
