"""Journeys run on the real server; its clock is the machine's, and so is that of their tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.factories import courses
from tests.factories.quizzes import Learner
from tests.journeys.walking import Walker
from tests.support.databases import Database
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA
from tests.support.post import PostOffice
from tests.support.prepared import settings_for
from tests.support.server import LiveServer, serving

Walks = Callable[[Page], Walker]


@pytest.fixture
def mailing_server(database: Database, _post_office: PostOffice) -> Iterator[LiveServer]:
    """The real server, with emails: the test carries them out as the worker would."""
    mail = f"smtp://127.0.0.1:{_post_office.port}"
    key = settings_for(database).secret_key  # the code in an email rests on it
    with serving(database, CPD_MAIL_SERVER=mail, CPD_SECRET_KEY=key) as server:
        yield server


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
