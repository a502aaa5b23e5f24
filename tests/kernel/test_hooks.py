"""Asking: the default answers until a room does."""

from cpd.kernel.hooks import Hook


def test_the_default_answers_until_a_room_joins_and_the_last_one_stands() -> None:
    minutes: Hook[[str], int] = Hook(len)
    assert minutes("heat") == 4
    minutes.answered_by(lambda _section: 7)
    assert minutes("heat") == 7
    minutes.answered_by(lambda section: len(section) * 2)
    assert minutes("heat") == 8


def test_one_hook_knows_nothing_of_another() -> None:
    first: Hook[[], str] = Hook(lambda: "default")
    second: Hook[[], str] = Hook(lambda: "default")
    first.answered_by(lambda: "answered")
    assert second() == "default"
