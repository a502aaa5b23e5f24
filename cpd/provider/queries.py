"""Reads of the provider: it is public, so they take no actor."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.media.models import Media
from cpd.provider.models import ProviderProfile
from cpd.provider.rules.profile import Profile


def find_profile(session: Session) -> Profile | None:
    """Return the provider; None before the first start has added the row."""
    row = session.scalar(_select_provider_profile().execution_options(populate_existing=True))
    return None if row is None else row.to_profile()


def find_logo(session: Session, sha256: str) -> Media | None:
    """Return the provider's logo if it has this hash."""
    logos = sa.select(Media).join(ProviderProfile, ProviderProfile.logo == Media.sha256)
    return session.scalar(logos.where(Media.sha256 == sha256))


@cache
def _select_provider_profile() -> sa.Select[ProviderProfile]:
    return sa.select(ProviderProfile)


@cache
def select_profile_version() -> sa.ScalarSelect[int]:
    """Return the version as a subquery, for queries such as that of the session."""
    return sa.select(ProviderProfile.version).scalar_subquery()
