"""What happened to attempts, for rooms above to hear."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AttemptGraded(Event):
    """An attempt has a result."""

    attempt_id: int
    number: int
    """Which grading of the attempt it came from."""
    passed: bool

    @property
    def key(self) -> str:
        """Each grading is told apart."""
        return f"{self.attempt_id}/{self.number}"
