"""What happened to attempts, for rooms above to hear."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _OfAttempt(Event):
    attempt_id: int
    number: int
    """Which move of the attempt it was, unless the event says otherwise."""

    @property
    def key(self) -> str:
        """Name the attempt, and which of its moves this was."""
        return f"{self.attempt_id}/{self.number}"


class AttemptStarted(_OfAttempt):
    """An attempt was begun."""


class AttemptSubmitted(_OfAttempt):
    """An attempt was handed in, with its statement; its grade comes with another event."""


class AttemptConfirmed(_OfAttempt):
    """The statement was made of an attempt that time had closed; `number` is the statement's."""


@dataclass(frozen=True, kw_only=True)
class AttemptGraded(_OfAttempt):
    """An attempt has a new result, also when it was made void; `number` is the grading's."""

    passed: bool


class AttemptVoided(_OfAttempt):
    """An attempt was taken out of the count."""


class AttemptReopened(_OfAttempt):
    """A closed attempt is open again."""


class AttemptExtended(_OfAttempt):
    """An open attempt has a later deadline."""
