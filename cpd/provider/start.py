"""At the start: what the settings say of the provider is kept once, and later compared."""

import shlex
from collections.abc import Mapping

import sqlalchemy as sa
from flask import Flask

from cpd.config import Settings, settings_of
from cpd.db import UnsafeDatabaseError, db, engine_for, unit_of_work
from cpd.hosts import keys
from cpd.kernel import clock
from cpd.provider import actions, current, queries, values
from cpd.provider.models import ProviderProfile
from cpd.provider.rules.profile import Profile

_SET_BY = {
    "name": "CPD_PROVIDER_NAME",
    "contact": "CPD_PROVIDER_CONTACT",
    "complaints": "CPD_PROVIDER_COMPLAINTS",
    "pages": "CPD_PROVIDER_PAGES",
}


def keep_or_compare(app: Flask) -> str | None:
    """Keep the provider at the first start; later return a line where the settings say otherwise.

    Hosts that start at once keep one between them.
    """
    settings = settings_of(app)
    said = values.of_settings(settings)
    with app.app_context():
        try:
            kept = queries.profile(db.session())
            if kept is None:
                with unit_of_work() as session:
                    keys.take_turn(session)
                    actions.keep_first(session, said, now=clock.now())
            return told(current.look_again(), said, settings)
        finally:
            db.session.remove()
            db.engine.dispose()  # workers are forked after this and must not share a connection


def kept_pages(settings: Settings) -> Mapping[str, str] | None:
    """Return the pages that the database holds; None where it knows no provider, or is away."""
    engine = engine_for(settings.database_url)
    try:
        with engine.connect() as connection:
            return connection.scalar(sa.select(ProviderProfile.pages))
    except (sa.exc.DBAPIError, UnsafeDatabaseError):
        return None
    finally:
        engine.dispose()


def told(kept: Profile, said: Profile, settings: Settings) -> str | None:
    """Say which settings the database outranks, and the command that changes what it says."""
    other = [name for name in _SET_BY if _is_set(name, settings) and _differ(name, kept, said)]
    if not other:
        return None
    named = " and ".join(_SET_BY[name] for name in other)
    values_ = " ".join(f"{name}={shlex.quote(_given(name, settings))}" for name in other)
    return (
        f"The database says otherwise than {named}, and it counts: settings count at the first "
        "start only (see: cpd provider show). Unset them, or change the database with: "
        f"cpd provider set {values_}"
    )


def _is_set(name: str, settings: Settings) -> bool:
    given: object = getattr(settings, f"provider_{name}")
    return bool(given != getattr(Settings, f"provider_{name}"))


def _differ(name: str, kept: Profile, said: Profile) -> bool:
    one: object = getattr(kept, name)
    return bool(one != getattr(said, name))


def _given(name: str, settings: Settings) -> str:
    return str(getattr(settings, f"provider_{name}"))
