"""Least-recently-used caches in the memory of one process, for what never changes under its key."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


_all: "list[LruCache[Any, Any]]" = []


def clear_all_caches() -> None:
    """Empty every cache: for measuring and for tests."""
    for cache in _all:
        cache.clear()


class LruCache(Generic[K, V]):
    """A bounded, thread-safe cache. Create it once, when a module is loaded."""

    def __init__(self, most: int) -> None:
        """Hold at most `most` values; the one unused for longest is dropped first."""
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()
        _all.append(self)

    def get(self, key: K) -> V | None:
        """Return the cached value, or None."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: K, value: V) -> V:
        """Cache a value and return it."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def clear(self) -> None:
        """Drop every value."""
        with self._lock:
            self._values.clear()
