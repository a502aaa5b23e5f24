"""The small course is published on every database of these tests."""

import pytest
from flask import Flask

from tests.factories import courses


@pytest.fixture(autouse=True)
def _small_course(app: Flask) -> None:
    courses.publish(app)
