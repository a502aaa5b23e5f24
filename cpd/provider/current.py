"""The provider as cached in this process, so that most pages need no query for it.

For people who are signed in, the version is read together with the session, so that all workers
notice a change at once. For visitors, and in the worker, the row is read again after `MAX_AGE`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Flask, current_app, has_request_context

from cpd.access.guard import current_actor
from cpd.config import current_settings, settings_of
from cpd.db import db
from cpd.kernel import clock
from cpd.provider import fields, queries
from cpd.provider.rules.profile import Profile

_EXTENSION = "cpd.provider"
MAX_AGE = timedelta(seconds=5)
"""How old the profile that a visitor sees may be."""


class _CachedProfile(NamedTuple):
    profile: Profile
    read_at: datetime


def init_app(app: Flask) -> None:
    """Begin with what the settings say; raises SettingsError for a page that cannot be read.

    Before it serves, `first_start.store_or_compare` reads what the database says.
    """
    app.extensions[_EXTENSION] = _CachedProfile(
        fields.profile_from_settings(settings_of(app)), clock.now()
    )


def provider() -> Profile:
    """Return the provider; in a request, after its session was read, and with it the version."""
    if has_request_context():
        current_actor()
    cached: _CachedProfile = current_app.extensions[_EXTENSION]
    age = clock.now() - cached.read_at
    return cached.profile if timedelta(0) <= age < MAX_AGE else reload()


def note_version(version: int | None) -> None:
    """Compare with the version that was read with a session, and reload if it differs."""
    cached: _CachedProfile = current_app.extensions[_EXTENSION]
    if cached.profile.version == (version or 0):
        current_app.extensions[_EXTENSION] = _CachedProfile(cached.profile, clock.now())
    else:
        reload()


def reload() -> Profile:
    """Read the provider again; until the first start has stored it, the settings say who it is."""
    profile = queries.profile(db.session()) or fields.profile_from_settings(current_settings())
    current_app.extensions[_EXTENSION] = _CachedProfile(profile, clock.now())
    return profile
