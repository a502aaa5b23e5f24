"""What tests of credit leave behind in the process."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cpd.provider import current


@pytest.fixture(autouse=True)
def _forget_provider(app: Flask) -> Iterator[None]:
    """Let no test read the provider that another one stored."""
    yield
    current.init_app(app)
