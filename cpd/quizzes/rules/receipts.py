"""Receipts of saved answers: each includes the one before, so no change goes unnoticed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cpd.kernel.canonical import hash_json
from cpd.quizzes.rules.answers import AnswerEvent
from cpd.quizzes.rules.attempts import format_instant_in_utc

FIRST_PREVIOUS = ""
"""Used as the receipt before the first one."""


@dataclass(frozen=True, slots=True)
class Receipted:
    """An event as it is stored, with the server's time and its receipt.

    The receipt covers the one before, so that no event can be changed or left out unseen.
    """

    event: AnswerEvent
    received_at: datetime
    receipt: str


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first place where a chain of receipts is broken."""

    sequence: int
    reason: str


def compute_receipt(
    previous: str, *, attempt: str, event: AnswerEvent, received_at: datetime
) -> str:
    """Return the receipt of an event: SHA-256 over the receipt before it and all that was stored.

    64 hexadecimal digits. A blank answer gives the same receipt whether stored as null or as empty.
    """
    return hash_json(
        {
            "previous": previous,
            "attempt": attempt,
            "sequence": event.sequence,
            "event": event.event_id,
            "type": event.type.value,
            "case": event.case,
            "step": event.step,
            "after": event.after,
            "answer": dict(event.answer) if event.answer else None,
            "outcome": event.outcome.value,
            "received_at": format_instant_in_utc(received_at),
        }
    )


def first_break_in_receipt_chain(
    events: Iterable[Receipted], *, attempt: str, last: str | None = None
) -> ChainFault | None:
    """Return the first break in an attempt's chain of receipts, or None if it is intact.

    `last` is the receipt stored with the attempt: without it, a missing end goes unnoticed.
    """
    previous, count = FIRST_PREVIOUS, 0
    for count, receipted in enumerate(sorted(events, key=_sequence_of_receipted), start=1):
        event = receipted.event
        if event.sequence != count:
            return ChainFault(count, f"Event {count} is missing or stored twice.")
        expected = compute_receipt(
            previous, attempt=attempt, event=event, received_at=receipted.received_at
        )
        if expected != receipted.receipt:
            return ChainFault(count, f"Event {count} does not match its receipt.")
        previous = receipted.receipt
    if last is not None and previous != last:
        return ChainFault(
            count + 1, f"The chain ends after event {count}, but more events were received."
        )
    return None


def _sequence_of_receipted(receipted: Receipted) -> int:
    return receipted.event.sequence
