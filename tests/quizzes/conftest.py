"""The small course is published on every database of these tests, and maya has studied it."""

import pytest
from flask import Flask

from tests.factories import courses
from tests.factories.quizzes import Learner
from tests.support.people import MAYA


@pytest.fixture(autouse=True)
def _small_course(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        app: Flask = request.getfixturevalue("app")
        courses.publish(app)


@pytest.fixture
def maya_studies(app: Flask) -> Learner:
    """Maya, who has read everything and decided every practice case."""
    return Learner(app, MAYA).study()
