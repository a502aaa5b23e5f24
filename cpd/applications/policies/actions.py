"""Writing the provider's policies; each change is audited."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.applications.policies.models import ProviderPolicy
from cpd.provider.models import ProviderProfile


def change_policies(
    session: Session, texts: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    """Store the texts that differ, and remove those that are empty now."""
    session.execute(sa.select(ProviderProfile.id).with_for_update())
    stored = {row.name: row for row in session.scalars(sa.select(ProviderPolicy))}
    changed = [
        name
        for name, text in texts.items()
        if text != (stored[name].text if name in stored else "")
    ]
    for name in changed:
        _write_policy(session, stored.get(name), name, texts[name], actor=actor, now=now)
    if changed:
        session.flush()
        audit.add_audit_entry(
            session, actor, "applications:policy:change", now=now, names=sorted(changed)
        )


def _write_policy(
    session: Session,
    row: ProviderPolicy | None,
    name: str,
    text: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    if row is None:
        session.add(ProviderPolicy(name=name, text=text, changed_by=actor.subject, changed_at=now))
    elif text:
        row.text, row.changed_by, row.changed_at = text, actor.subject, now
    else:
        session.delete(row)
