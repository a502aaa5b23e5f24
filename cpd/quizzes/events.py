"""What happened to attempts, for rooms above to hear."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AttemptGraded:
    """An attempt has a result; published in the transaction that wrote it."""

    attempt_id: int
    passed: bool
    at: datetime
