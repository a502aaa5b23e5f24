"""The life cycle of an attempt: its states, the moves between them, and its deadline.

`eligibility.py` says who may start one; `answers.py` judges its answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Any

from cpd.kernel.canonical import Json, format_fraction


class AttemptState(StrEnum):
    """The stage that an attempt has reached."""

    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    GRADED = "graded"
    VOID = "void"


class Move(StrEnum):
    """What can be done to an attempt as a whole."""

    SUBMIT = "submit"
    EXPIRE = "expire"
    GRADE = "grade"
    VOID = "void"
    EXTEND = "extend"
    ADD_TIME = "add-time"
    REOPEN = "reopen"


MOVES: Mapping[tuple[AttemptState, Move], AttemptState] = {
    (AttemptState.OPEN, Move.SUBMIT): AttemptState.SUBMITTED,
    (AttemptState.OPEN, Move.EXPIRE): AttemptState.EXPIRED,
    (AttemptState.OPEN, Move.VOID): AttemptState.VOID,
    (AttemptState.OPEN, Move.EXTEND): AttemptState.OPEN,
    (AttemptState.OPEN, Move.ADD_TIME): AttemptState.OPEN,
    (AttemptState.SUBMITTED, Move.GRADE): AttemptState.GRADED,
    (AttemptState.SUBMITTED, Move.VOID): AttemptState.VOID,
    (AttemptState.EXPIRED, Move.GRADE): AttemptState.GRADED,
    (AttemptState.EXPIRED, Move.VOID): AttemptState.VOID,
    (AttemptState.EXPIRED, Move.REOPEN): AttemptState.OPEN,
    (AttemptState.GRADED, Move.VOID): AttemptState.VOID,
    (AttemptState.GRADED, Move.REOPEN): AttemptState.OPEN,  # only if its time had run out
    (AttemptState.VOID, Move.REOPEN): AttemptState.OPEN,
}

NEED_A_REASON = frozenset({Move.VOID, Move.EXTEND, Move.REOPEN})
"""Moves that a person makes and must give a reason for."""

LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class MoveRefusal:
    """Why a move is refused, in a sentence that says what to do instead."""

    sentence: str


def state_after_move(
    state: AttemptState,
    move: Move,
    *,
    reason: str = "",
    closed_by_deadline: bool = False,
    another_open: bool = False,
    has_valid_certificate: bool = False,
) -> AttemptState | MoveRefusal:
    """Return the state after a legal move, or why it is refused.

    `closed_by_deadline`: the deadline closed the attempt, not its learner. `another_open`: the
    learner has another open attempt at this exam. `has_valid_certificate`: one was issued for it.
    """
    after = MOVES.get((state, move))
    learner_closed_it = (
        move is Move.REOPEN and state is AttemptState.GRADED and not closed_by_deadline
    )
    if after is None or learner_closed_it:
        return MoveRefusal(f"An attempt that is {state.value} cannot be changed in this way.")
    if move in NEED_A_REASON and not reason.strip():
        return MoveRefusal("Give a reason: it is kept with the attempt.")
    if len(reason) > LONGEST_REASON:
        return MoveRefusal(f"Give the reason in at most {LONGEST_REASON} characters.")
    if move is Move.REOPEN and another_open:
        return MoveRefusal("Another attempt at this exam is open. Close or void that one first.")
    if move in {Move.REOPEN, Move.VOID} and has_valid_certificate:
        return MoveRefusal("A valid certificate was issued for this attempt. Revoke it first.")
    return after


class InvalidDeadlineError(ValueError):
    """A deadline cannot be set as requested; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an attempt ends, and everything that is computed from; all instants are UTC.

    `closes_at` is the closing time for this person, with extra time already added.
    """

    started_at: datetime
    limit_minutes: int | None = None
    multiplier: Fraction = Fraction(1)
    """Extra time: 3/2 is 50% more."""
    closes_at: datetime | None = None
    grace_seconds: int = 0
    extended_to: datetime | None = None
    added_count: int = 0
    """How often the learner added time, which moves `extended_to`."""
    is_limit_essential: bool = False
    """Whether the time limit is part of what the exam tests."""

    def __post_init__(self) -> None:
        for field in ("started_at", "closes_at", "extended_to"):
            instant = getattr(self, field)
            if instant is not None:
                object.__setattr__(self, field, _convert_to_utc(instant))
        if self.multiplier < 1:
            raise InvalidDeadlineError(
                "Extra time cannot shorten an exam: use a factor of 1 or more."
            )

    @property
    def ends_at(self) -> datetime | None:
        """Return the instant shown and stored: the earlier of time limit and closing time.

        None when neither is set. A later time set by the school or the learner replaces both.
        """
        if self.extended_to is not None:
            return self.extended_to
        ends = [end for end in (self._limit_ends_at, self.closes_at) if end is not None]
        return min(ends, default=None)

    @property
    def limit_with_extra_time(self) -> Fraction:
        """Return the time limit in minutes with what the extra time adds; 0 without a limit."""
        return (self.limit_minutes or 0) * self.multiplier

    @property
    def granted_minutes(self) -> Fraction:
        """Return how many minutes the extra time adds to the limit; 0 without a limit."""
        return (self.limit_minutes or 0) * (self.multiplier - 1)

    @property
    def is_cut_short(self) -> bool:
        """Return whether the closing time leaves less than the time limit."""
        limit_ends_at = self._limit_ends_at
        return limit_ends_at is not None and self.ends_at != limit_ends_at

    @property
    def _limit_ends_at(self) -> datetime | None:
        if self.limit_minutes is None:
            return None
        return self.started_at + timedelta(seconds=ceil(self.limit_minutes * 60 * self.multiplier))

    def is_in_time(self, arrived: datetime) -> bool:
        """Return whether something that reached the server at this time still counts.

        Only this method knows the grace period: it makes up for slow networks and is never shown.
        """
        ends_at = self.ends_at
        return ends_at is None or _convert_to_utc(arrived) <= ends_at + timedelta(
            seconds=self.grace_seconds
        )

    def with_later_end(self, to: datetime, *, now: datetime) -> Deadline:
        """Return the deadline moved to a later time; otherwise raises InvalidDeadlineError."""
        to = _convert_to_utc(to)
        if self.ends_at is None:
            raise InvalidDeadlineError("This attempt has no deadline to extend.")
        if to <= max(self.ends_at, _convert_to_utc(now)):
            raise InvalidDeadlineError(
                "The new deadline must be later than the current one and than now."
            )
        return replace(self, extended_to=to)

    def to_json(self) -> Json:
        """Return the inputs as JSON, as stored with the attempt."""
        return {
            "started_at": format_instant_in_utc(self.started_at),
            "limit_minutes": self.limit_minutes,
            "multiplier": format_fraction(self.multiplier),
            "closes_at": format_instant_in_utc(self.closes_at) if self.closes_at else None,
            "grace_seconds": self.grace_seconds,
            "extended_to": format_instant_in_utc(self.extended_to) if self.extended_to else None,
            "added_count": self.added_count,
            "is_limit_essential": self.is_limit_essential,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Deadline:
        """Read the JSON form."""
        closes_at, extended_to = data["closes_at"], data["extended_to"]
        return cls(
            started_at=datetime.fromisoformat(data["started_at"]),
            limit_minutes=data["limit_minutes"],
            multiplier=Fraction(data["multiplier"]),
            closes_at=datetime.fromisoformat(closes_at) if closes_at else None,
            grace_seconds=data["grace_seconds"],
            extended_to=datetime.fromisoformat(extended_to) if extended_to else None,
            added_count=data.get("added_count", 0),
            is_limit_essential=data.get("is_limit_essential", False),
        )


def effective_state(state: AttemptState, deadline: Deadline, now: datetime) -> AttemptState:
    """Return the state to show and act on: an open attempt past its deadline has expired.

    This holds even before the worker has written it; the attempt ended at `deadline.ends_at`.
    """
    if state is AttemptState.OPEN and not deadline.is_in_time(now):
        return AttemptState.EXPIRED
    return state


def format_instant_in_utc(instant: datetime) -> str:
    """Return an instant as text: UTC, to the microsecond, always in the same form."""
    return _convert_to_utc(instant).isoformat(timespec="microseconds")


def _convert_to_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise InvalidDeadlineError("A time needs a time zone.")
    return instant.astimezone(UTC)
