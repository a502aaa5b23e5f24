"""Which school an address names: what `@requires(..., within=)` asks."""

from cpd.access.permissions import Scope
from cpd.db import db
from cpd.organisations import queries


def school_of(slug: str, **_values: object) -> Scope | None:
    """Return the scope of the school in an address; None where there is none."""
    return queries.scope_at(db.session(), slug)
