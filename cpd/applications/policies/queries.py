"""Reads of the provider's policies, which are meant to be shown to anyone."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.applications.policies.models import ProviderPolicy


def find_policies(session: Session) -> Mapping[str, str]:
    """Return the text of each policy that is written, by name."""
    rows = session.execute(sa.select(ProviderPolicy.name, ProviderPolicy.text))
    return dict(rows.all())
