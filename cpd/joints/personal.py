"""What a room declares about personal data in its tables; only one room declares each table."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Erasure(StrEnum):
    """What happens to a table when a person asks for erasure."""

    DELETE = "delete"
    """The person's rows are deleted."""
    CLEAR = "clear"
    """The columns are emptied, and the rows stay."""
    KEEP = "keep"
    """Nothing happens: it is evidence, and without the account its number identifies nobody."""


@dataclass(frozen=True)
class PersonalData:
    """The personal data in one table.

    A room names each of its tables, here or as impersonal; a test finds one that is left out.
    """

    table: str
    columns: tuple[str, ...]
    """Columns that identify a person, lead to one, or hold what only that person said or did."""
    erasing: Erasure
    retention: str
    """How long it is kept when nobody asks for erasure, and why."""
    is_exported: bool = True
    """Whether a person's export includes it; secrets are left out."""
    kept_back: frozenset[str] = frozenset()
    """Columns that an export leaves out: they say what the person is not told on any page."""


def build_personal_data_kept_as_proof(
    table: str, *columns: str, kept_back: Collection[str] = ()
) -> PersonalData:
    """Return what a table holds that may prove a certificate; erasure leaves it as it is."""
    return PersonalData(
        table,
        columns,
        Erasure.KEEP,
        retention="forever: a certificate must be provable for seven years at least",
        kept_back=frozenset(kept_back),
    )
