"""Receipts: whatever is altered, left out or cut off, the chain names the first break."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.quizzes.rules.answers import AnswerEvent, EventType, Outcome
from cpd.quizzes.rules.receipts import (
    FIRST_PREVIOUS,
    ChainFault,
    Receipted,
    compute_receipt,
    first_break_in_receipt_chain,
)
from tests.cases.samples import chose

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ATTEMPT = "att_7f"


def event(number: int) -> AnswerEvent:
    return AnswerEvent(
        f"evt_{number}",
        EventType.ANSWER,
        "mina",
        "decide",
        f"evt_{number - 1}" if number > 1 else None,
        chose("same_day"),
        sequence=number,
        outcome=Outcome.ACCEPTED,
    )


def chain(length: int) -> list[Receipted]:
    kept: list[Receipted] = []
    for number in range(1, length + 1):
        at = NOON + timedelta(seconds=number)
        previous = kept[-1].receipt if kept else FIRST_PREVIOUS
        made = compute_receipt(previous, attempt=ATTEMPT, event=event(number), received_at=at)
        kept.append(Receipted(event(number), at, made))
    return kept


def test_an_untouched_chain_holds() -> None:
    kept = chain(5)
    assert first_break_in_receipt_chain(kept, attempt=ATTEMPT) is None
    assert first_break_in_receipt_chain(kept[::-1], attempt=ATTEMPT, last=kept[-1].receipt) is None
    assert first_break_in_receipt_chain([], attempt=ATTEMPT, last=FIRST_PREVIOUS) is None
    assert all(len(one.receipt) == 64 for one in kept)
    assert len({one.receipt for one in kept}) == 5


ALTERATIONS: dict[str, Callable[[Receipted], Receipted]] = {
    "answer": lambda kept: replace(kept, event=replace(kept.event, answer=chose("proceed"))),
    "blank": lambda kept: replace(kept, event=replace(kept.event, answer=None)),
    "outcome": lambda kept: replace(kept, event=replace(kept.event, outcome=Outcome.LATE)),
    "type": lambda kept: replace(kept, event=replace(kept.event, type=EventType.REVEAL)),
    "step": lambda kept: replace(kept, event=replace(kept.event, step="tell")),
    "case": lambda kept: replace(kept, event=replace(kept.event, case="theo")),
    "after": lambda kept: replace(kept, event=replace(kept.event, after="evt_9")),
    "event id": lambda kept: replace(kept, event=replace(kept.event, event_id="evt_x")),
    "time": lambda kept: replace(kept, received_at=kept.received_at + timedelta(microseconds=1)),
    "receipt": lambda kept: replace(kept, receipt="0" * 64),
}


@pytest.mark.parametrize("what", ALTERATIONS)
@given(place=st.integers(1, 6))
def test_any_alteration_is_found_where_it_is(what: str, place: int) -> None:
    kept = chain(6)
    kept[place - 1] = ALTERATIONS[what](kept[place - 1])
    fault = first_break_in_receipt_chain(kept, attempt=ATTEMPT)
    assert fault is not None
    assert fault.sequence == place


@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_missing_event_is_found(place: int) -> None:
    kept = chain(6)
    del kept[place - 1]
    assert first_break_in_receipt_chain(kept, attempt=ATTEMPT) == ChainFault(
        place, f"Event {place} is missing or stored twice."
    )


def test_an_event_that_is_there_twice_is_found() -> None:
    kept = chain(3)
    fault = first_break_in_receipt_chain([*kept, kept[1]], attempt=ATTEMPT)
    assert fault is not None
    assert fault.sequence == 3


def test_a_cut_off_end_is_found_by_what_the_attempt_remembers() -> None:
    kept = chain(6)
    assert first_break_in_receipt_chain(kept[:4], attempt=ATTEMPT) is None
    fault = first_break_in_receipt_chain(kept[:4], attempt=ATTEMPT, last=kept[-1].receipt)
    assert fault == ChainFault(5, "The chain ends after event 4, but more events were received.")


def test_a_chain_of_which_nothing_is_left() -> None:
    fault = first_break_in_receipt_chain([], attempt=ATTEMPT, last=chain(1)[0].receipt)
    assert fault == ChainFault(1, "The chain ends after event 0, but more events were received.")


def test_a_chain_belongs_to_one_attempt() -> None:
    fault = first_break_in_receipt_chain(chain(2), attempt="att_other")
    assert fault is not None
    assert fault.sequence == 1


def test_an_event_made_again_elsewhere_is_found() -> None:
    # Somebody alters an answer and computes its receipt anew: the next one no longer fits.
    kept = chain(3)
    forged = replace(kept[0].event, answer=chose("proceed"))
    made = compute_receipt(
        FIRST_PREVIOUS, attempt=ATTEMPT, event=forged, received_at=kept[0].received_at
    )
    kept[0] = Receipted(forged, kept[0].received_at, made)
    fault = first_break_in_receipt_chain(kept, attempt=ATTEMPT)
    assert fault is not None
    assert fault.sequence == 2


def test_the_same_instant_in_another_zone_is_the_same_receipt() -> None:
    west = NOON.astimezone(timezone(timedelta(hours=-6)))
    here, there = (
        compute_receipt(FIRST_PREVIOUS, attempt=ATTEMPT, event=event(1), received_at=at)
        for at in (NOON, west)
    )
    assert here == there


def test_a_blank_reads_the_same_however_it_is_kept() -> None:
    blanks = [replace(event(1), answer=None), replace(event(1), answer={})]
    made = {
        compute_receipt(FIRST_PREVIOUS, attempt=ATTEMPT, event=one, received_at=NOON)
        for one in blanks
    }
    assert len(made) == 1
