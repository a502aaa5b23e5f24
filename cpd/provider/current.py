"""The provider as this process knows it, without a query of its own for most pages.

For whoever is signed in the version is read together with the session, so that all workers agree at
once. For visitors, and in the worker, the row is read again when what is known is `STALE` old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app, has_request_context

from cpd.access.guard import current_actor
from cpd.config import current_settings, settings_of
from cpd.db import db
from cpd.kernel import clock
from cpd.provider import queries, values
from cpd.provider.rules.profile import Profile

_EXTENSION = "cpd.provider"
STALE = timedelta(seconds=5)
"""How old what a visitor sees of the provider may be."""


@dataclass(frozen=True)
class _Known:
    profile: Profile
    looked_at: datetime


def init_app(app: Flask) -> None:
    """Begin with what the settings say; raises SettingsError for a page that cannot be read.

    Before it serves, `start.keep_or_compare` reads what the database says.
    """
    app.extensions[_EXTENSION] = _Known(values.of_settings(settings_of(app)), clock.now())


def provider() -> Profile:
    """Return the provider; of a request after its session, and so the version, was read."""
    if has_request_context():
        current_actor()
    known: _Known = current_app.extensions[_EXTENSION]
    age = clock.now() - known.looked_at
    return known.profile if timedelta(0) <= age < STALE else look_again()


def see_version(version: int | None) -> None:
    """Take note of the version that was read with a session; another one is read now."""
    known: _Known = current_app.extensions[_EXTENSION]
    if known.profile.version == (version or 0):
        current_app.extensions[_EXTENSION] = _Known(known.profile, clock.now())
    else:
        look_again()


def look_again() -> Profile:
    """Read the provider anew; until the first start has kept it, the settings say who it is."""
    profile = queries.profile(db.session()) or values.of_settings(current_settings())
    current_app.extensions[_EXTENSION] = _Known(profile, clock.now())
    return profile
