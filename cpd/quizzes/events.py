"""What happened to attempts, for rooms above to hear."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _OfAttempt(Event):
    attempt_id: int
    number: int
    """The number of the move of the attempt, unless the event says otherwise."""

    identified_by = ("attempt_id", "number")


class AttemptStarted(_OfAttempt):
    """An attempt was started."""


class AttemptSubmitted(_OfAttempt):
    """An attempt was submitted, with its statement; another event tells that it was graded."""


class AttemptConfirmed(_OfAttempt):
    """The statement about an expired attempt was made; `number` is that of the statement."""


@dataclass(frozen=True, kw_only=True)
class AttemptGraded(_OfAttempt):
    """An attempt has a new result, also after it was voided; `number` is that of the grading."""

    passed: bool


class AttemptVoided(_OfAttempt):
    """An attempt was taken out of the count."""


class AttemptReopened(_OfAttempt):
    """A closed attempt is open again."""


class AttemptExtended(_OfAttempt):
    """An open attempt has a later deadline."""
