"""The content of the template database: every test with a database starts from a copy."""

from collections.abc import Callable

from flask import Flask

from tests.factories import accounts, courses


def fill(new_app: Callable[[], Flask]) -> None:
    """Fill a newly migrated database through the real actions, with the clock at `NOW`."""
    app = new_app()
    accounts.add_everybody(app)
    courses.publish(app)
