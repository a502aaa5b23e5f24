"""Practice cases for tests of pages that show them."""

import pytest
from flask import Flask

from cpd.courses import hooks
from cpd.courses.hooks import PracticeCard
from tests.factories import courses
from tests.support import joints


@pytest.fixture
def practice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[PracticeCard]:
    """The practice cases that every section shows, none at first; others count as decided."""
    cards: list[PracticeCard] = []
    every = frozenset(case.slug for case in courses.bundle().cases)

    def decided(*_: object) -> frozenset[str]:
        return every - {card.slug for card in cards if not card.is_done}

    joints.answer(monkeypatch, app, hooks.section_practice, lambda *_: cards)
    joints.answer(monkeypatch, app, hooks.practice_done, decided)
    return cards
