"""What happened to attempts; higher rooms subscribe to these events."""

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
    """An attempt was submitted with its statement; a separate event reports its grading."""


class AttemptConfirmed(_OfAttempt):
    """The statement for an expired attempt was made; `number` is the statement's."""


@dataclass(frozen=True, kw_only=True)
class AttemptGraded(_OfAttempt):
    """An attempt has a new result, which may be void; `number` is the grading's."""

    passed: bool


class AttemptVoided(_OfAttempt):
    """An attempt was voided, so it no longer counts."""


class AttemptReopened(_OfAttempt):
    """A closed attempt is open again."""


class AttemptExtended(_OfAttempt):
    """An open attempt has a later deadline."""
