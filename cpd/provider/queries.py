"""Reading what the database says of the provider: public, so nobody is asked who reads."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.media.models import Media
from cpd.provider.models import ProviderProfile
from cpd.provider.rules.profile import Profile


def profile(session: Session) -> Profile | None:
    """Return the provider; None before the first start has made the row."""
    found = session.scalar(_row().execution_options(populate_existing=True))
    return None if found is None else found.as_profile()


def logo(session: Session, sha256: str) -> Media | None:
    """Return the provider's logo if this is its content."""
    kept = sa.select(Media).join(ProviderProfile, ProviderProfile.logo == Media.sha256)
    return session.scalar(kept.where(Media.sha256 == sha256))


@cache
def _row() -> sa.Select[ProviderProfile]:
    return sa.select(ProviderProfile)


@cache
def version() -> sa.ScalarSelect[int]:
    """Return the version as a part of another query, such as the one for the session."""
    return sa.select(ProviderProfile.version).scalar_subquery()
