"""What a room declares about personal data in its tables; only one room declares each table."""

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


PROOF = "forever: a certificate must be provable for seven years at least"
"""How long everything is kept that may prove a certificate."""


@dataclass(frozen=True)
class PersonalData:
    """The personal data in one table."""

    table: str
    columns: tuple[str, ...]
    """Columns that identify a person, lead to one, or hold what only that person said or did."""
    erasing: Erasure
    retention: str
    """How long it is kept when nobody asks for erasure, and why."""
    is_exported: bool = True
    """Whether a person's export includes it; secrets are left out."""
