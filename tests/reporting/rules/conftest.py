"""Rules need neither an app nor a provider."""

import pytest


@pytest.fixture(autouse=True)
def _forget_provider() -> None:
    """There is none to forget."""
