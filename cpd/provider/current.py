"""The provider as cached in this process, so that most pages need no query for it.

For people who are signed in, the version is read together with the session, so that all workers
notice a change at once. For visitors, and in the worker, the row is read again after `MAX_AGE`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Flask, current_app, has_request_context

from cpd.access.guard import current_actor
from cpd.config import current_settings, settings_of_app
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
    """Begin with the provider in the settings; raises SettingsError for an unreadable page.

    Before the app serves requests, `first_start.store_or_compare_provider` reads the one in the
    database.
    """
    app.extensions[_EXTENSION] = _CachedProfile(
        fields.profile_from_settings(settings_of_app(app)), clock.now()
    )


def current_provider() -> Profile:
    """Return the provider; in a request, only after its session and the version were read."""
    if has_request_context():
        current_actor()
    cached: _CachedProfile = current_app.extensions[_EXTENSION]
    age = clock.now() - cached.read_at
    return cached.profile if timedelta(0) <= age < MAX_AGE else reload_provider()


def reload_provider_if_changed(version: int | None) -> None:
    """Compare the cached version with the one read with a session, and reload if they differ."""
    cached: _CachedProfile = current_app.extensions[_EXTENSION]
    if cached.profile.version == (version or 0):
        current_app.extensions[_EXTENSION] = _CachedProfile(cached.profile, clock.now())
    else:
        reload_provider()


def reload_provider() -> Profile:
    """Read the provider again; until the first start has stored it, use the one in the settings."""
    profile = queries.find_profile(db.session()) or fields.profile_from_settings(current_settings())
    current_app.extensions[_EXTENSION] = _CachedProfile(profile, clock.now())
    return profile
