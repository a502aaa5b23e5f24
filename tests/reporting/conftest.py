"""Therapists with licenses in states to which the provider reports."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cpd.accounts.models import Person
from cpd.provider import current
from tests.certificates.conftest import person
from tests.support.people import MAYA, OMAR, ZOE


@pytest.fixture(autouse=True)
def _forget_provider(app: Flask) -> Iterator[None]:
    """Let no test read the provider that another one stored."""
    yield
    current.init_app(app)


@pytest.fixture
def holders(app: Flask) -> list[Person]:
    """Maya, Zoe and Omar; all live in Chicago."""
    return [person(app, named) for named in (MAYA, ZOE, OMAR)]
