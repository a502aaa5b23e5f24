"""The content of the template database: every test with a database starts from a copy."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from cpd.db import unit_of_work
from cpd.jobs.models import OutboxItem
from tests.factories import accounts, courses


def fill(new_app: Callable[[], Flask]) -> None:
    """Fill a newly migrated database through the real actions, with the clock at `NOW`."""
    app = new_app()
    accounts.add_everybody(app)
    courses.publish(app)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.delete(OutboxItem))  # each test meets only jobs of its own
