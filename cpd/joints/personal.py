"""What a room says of the personal data in its tables; each table is spoken for by one room."""

from dataclasses import dataclass
from enum import StrEnum


class Erasure(StrEnum):
    """What becomes of a table when a person asks to be erased."""

    DELETE = "delete"
    """Its rows of the person go."""
    CLEAR = "clear"
    """The columns are emptied, and the rows stay."""
    KEEP = "keep"
    """Nothing: it is evidence, and the number in it leads to nobody once the account is gone."""


PROOF = "for ever: a certificate must be provable for seven years at least"
"""How long everything stays on which a certificate may rest."""


@dataclass(frozen=True)
class PersonalData:
    """What a table knows of people."""

    table: str
    columns: tuple[str, ...]
    """Those that identify a person, lead to one, or hold what only that person said or did."""
    erasing: Erasure
    retention: str
    """How long it stays where nobody asks, and why."""
    is_exported: bool = True
    """Whether it is among what a person is given of themselves; secrets are not."""
