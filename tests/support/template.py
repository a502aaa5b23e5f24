"""What the template database holds: every test that uses a database starts from a copy of this."""

from collections.abc import Callable

from flask import Flask

from tests.factories import accounts, courses


def fill(new_app: Callable[[], Flask]) -> None:
    """Fill a freshly migrated database through the real actions; the clock stands at `NOW`."""
    app = new_app()
    accounts.add_everybody(app)
    courses.publish(app)
