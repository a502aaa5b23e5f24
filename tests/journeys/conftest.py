"""Journeys run on the real server; its clock is the machine's, and so is that of their tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.factories import courses
from tests.factories.quizzes import Learner
from tests.journeys.walking import Walker
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA

Walks = Callable[[Page], Walker]


@pytest.fixture(scope="session")
def _many_signs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course with an exam that always brings a critical act and a story that goes on."""
    exam = ("red_flags: 2", "red_flags: 4")
    return courses.altered(tmp_path_factory.mktemp("journeys"), {"exam.md": exam})


@pytest.fixture
def maya(app: Flask, clock: MovedClock, _many_signs: Path) -> Learner:
    """Maya's row and keys, read on a second connection beside the server's."""
    clock.close()
    courses.publish(app, _many_signs)
    return Learner(app, MAYA)


@pytest.fixture
def walk(maya: Learner) -> Walks:
    """Lets maya walk through the site on a page: `walk(phone)`."""
    return lambda page: Walker(page, maya)
