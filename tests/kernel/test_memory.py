"""What a process remembers."""

from cpd.kernel import memory
from cpd.kernel.memory import Remembered


def test_a_value_is_remembered_under_its_key() -> None:
    remembered: Remembered[str, int] = Remembered(2)
    assert remembered.recall("a") is None
    assert remembered.keep("a", 1) == 1
    assert remembered.recall("a") == 1


def test_the_one_unused_for_longest_is_forgotten() -> None:
    remembered: Remembered[str, int] = Remembered(2)
    remembered.keep("a", 1)
    remembered.keep("b", 2)
    remembered.recall("a")
    remembered.keep("c", 3)
    assert [remembered.recall(key) for key in "abc"] == [1, None, 3]


def test_everything_can_be_forgotten() -> None:
    remembered: Remembered[str, int] = Remembered(2)
    remembered.keep("a", 1)
    remembered.forget()
    assert remembered.recall("a") is None


def test_everything_can_be_forgotten_wherever_it_is_remembered() -> None:
    one: Remembered[str, int] = Remembered(2)
    other: Remembered[str, int] = Remembered(2)
    one.keep("a", 1)
    other.keep("b", 2)
    memory.forget()
    assert (one.recall("a"), other.recall("b")) == (None, None)
