"""At startup: the provider in the settings is stored once, and from then on compared."""

import shlex
from collections.abc import Mapping

import sqlalchemy as sa
from flask import Flask

from cpd.config import Settings, settings_of_app
from cpd.db import db, unit_of_work
from cpd.engine import UnsafeDatabaseError, create_protected_engine
from cpd.hosts import keys
from cpd.kernel import clock
from cpd.provider import actions, current, fields, queries
from cpd.provider.models import ProviderProfile
from cpd.provider.rules.profile import Profile

_SET_BY = {
    "name": "CPD_PROVIDER_NAME",
    "contact": "CPD_PROVIDER_CONTACT",
    "complaints": "CPD_PROVIDER_COMPLAINTS",
    "pages": "CPD_PROVIDER_PAGES",
}


def store_or_compare_provider(app: Flask) -> str | None:
    """Store the provider at the first start; later return a notice if the settings differ.

    Of hosts that start at the same time, only one stores it.
    """
    settings = settings_of_app(app)
    from_settings = fields.profile_from_settings(settings)
    with app.app_context():
        try:
            if queries.find_profile(db.session()) is None:
                with unit_of_work() as session:
                    keys.lock_key_registration(session)
                    actions.store_first_profile(session, from_settings, now=clock.now())
            return build_overridden_settings_notice(
                current.reload_provider(), from_settings, settings
            )
        finally:
            db.session.remove()
            db.engine.dispose()  # workers are forked after this and must not share a connection


def find_stored_pages(settings: Settings) -> Mapping[str, str] | None:
    """Return the pages in the database; None if it has no provider or cannot be reached."""
    engine = create_protected_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            return connection.scalar(sa.select(ProviderProfile.pages))
    except (sa.exc.DBAPIError, UnsafeDatabaseError):
        return None
    finally:
        engine.dispose()


def build_overridden_settings_notice(
    stored: Profile, from_settings: Profile, settings: Settings
) -> str | None:
    """Return which settings the database overrides, and the command that changes the database."""
    overridden = [
        name
        for name in _SET_BY
        if _is_provider_setting_given(name, settings)
        and getattr(stored, name) != getattr(from_settings, name)
    ]
    if not overridden:
        return None
    named = " and ".join(_SET_BY[name] for name in overridden)
    assignments = " ".join(
        f"{name}={shlex.quote(str(_provider_setting(name, settings)))}" for name in overridden
    )
    return (
        f"The database differs from {named}, and the database wins: settings count at the first "
        "start only (see: cpd provider show). Unset them, or change the database with: "
        f"cpd provider set {assignments}"
    )


def _is_provider_setting_given(name: str, settings: Settings) -> bool:
    default: object = getattr(Settings, f"provider_{name}")
    return _provider_setting(name, settings) != default


def _provider_setting(name: str, settings: Settings) -> object:
    value: object = getattr(settings, f"provider_{name}")
    return value
