"""Storing the provider: first from the settings, later by an administrator of the site."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import SYSTEM, Actor
from cpd.media import actions as media
from cpd.provider.models import ProviderProfile
from cpd.provider.rules.profile import Profile

PNG = "image/png"
_IN_AUDIT = frozenset({"name", "number", "colour", "logo"})
"""Fields whose former value goes into the audit trail; the others may name a person."""


class NoProviderError(Exception):
    """The database has no provider yet: the first start adds the row."""


def store_first_profile(session: Session, profile: Profile, *, now: datetime) -> bool:
    """Store the profile from the settings unless there is one; return whether it was stored."""
    if session.get(ProviderProfile, 1) is not None:
        return False
    values = vars(profile) | {"signatories": [], "pages": dict(profile.pages), "version": 1}
    session.add(ProviderProfile(id=1, changed_at=now, **values))
    session.flush()
    audit.add_audit_entry(session, SYSTEM, "provider:profile:keep", now=now, name=profile.name)
    return True


def change_profile(
    session: Session, changes: Mapping[str, Any], *, actor: Actor, now: datetime
) -> list[str]:
    """Change fields to values from `fields.parse_field`; return the names of those that changed.

    Raises NoProviderError. Certificates keep what they were issued with.
    """
    row = session.get(ProviderProfile, 1, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoProviderError
    values = {
        name: _store_logo_or_return_value(session, name, value, now=now)
        for name, value in changes.items()
    }
    former = {name: getattr(row, name) for name in values}
    changed = sorted(name for name, value in values.items() if former[name] != value)
    if not changed:
        return []
    for name in changed:
        setattr(row, name, values[name])
    row.version += 1
    row.changed_at = now
    session.flush()
    former_values = {name: former[name] for name in changed if name in _IN_AUDIT}
    audit.add_audit_entry(
        session, actor, "provider:profile:change", now=now, fields=changed, was=former_values
    )
    return changed


def _store_logo_or_return_value(session: Session, name: str, value: Any, *, now: datetime) -> Any:
    """Return a value as the row holds it; a logo is stored as media and named by its hash."""
    if name != "logo":
        return value
    return media.store_media(session, value, PNG, now=now).sha256 if value else None
