"""What a process remembers."""

from cpd.kernel import memory
from cpd.kernel.memory import LruCache


def test_a_value_is_remembered_under_its_key() -> None:
    remembered: LruCache[str, int] = LruCache(2)
    assert remembered.get("a") is None
    assert remembered.put("a", 1) == 1
    assert remembered.get("a") == 1


def test_the_one_unused_for_longest_is_forgotten() -> None:
    remembered: LruCache[str, int] = LruCache(2)
    remembered.put("a", 1)
    remembered.put("b", 2)
    remembered.get("a")
    remembered.put("c", 3)
    assert [remembered.get(key) for key in "abc"] == [1, None, 3]


def test_everything_can_be_forgotten() -> None:
    remembered: LruCache[str, int] = LruCache(2)
    remembered.put("a", 1)
    remembered.clear()
    assert remembered.get("a") is None


def test_everything_can_be_forgotten_wherever_it_is_remembered() -> None:
    one: LruCache[str, int] = LruCache(2)
    other: LruCache[str, int] = LruCache(2)
    one.put("a", 1)
    other.put("b", 2)
    memory.clear_all_caches()
    assert (one.get("a"), other.get("b")) == (None, None)
