"""What becomes of answers: judged as they arrive, merged from any number of devices."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.cases.front import Answer
from cpd.quizzes.rules.answers import (
    LIMIT_PERIOD,
    MOST_EVENTS,
    AnswerEvent,
    Conflict,
    EventType,
    IncomingEvent,
    Outcome,
    compute_retry_time,
    current_answers,
    judge_event,
    locked_steps,
    newest_accepted_answers,
    unresolved_conflicts,
)
from cpd.quizzes.rules.attempts import AttemptState, Deadline
from tests.cases.samples import chose

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = Deadline(started_at=NOON, limit_minutes=60, grace_seconds=60)
ACCEPTED, CONFLICTING, LATE, LOCKED = Outcome

Judge = Callable[..., Outcome]


class Server:
    """Keeps what arrives, in order, as the platform does."""

    def __init__(self, judge_by: Judge = judge_event) -> None:
        self.events: list[AnswerEvent] = []
        self.judge_by = judge_by
        self.state = AttemptState.OPEN
        self.now = NOON

    def receive(self, event: IncomingEvent) -> Outcome:
        outcome = self.judge_by(self.state, HOUR, self.events, event, self.now)
        if event.event_id not in {kept.event_id for kept in self.events}:
            self.events.append(
                AnswerEvent(
                    event.event_id,
                    event.type,
                    event.case,
                    event.step,
                    event.after,
                    event.answer,
                    sequence=len(self.events) + 1,
                    outcome=outcome,
                )
            )
        return outcome

    def send(
        self, name: str, answer: str | None, *, after: str | None = None, step: str = "decide"
    ) -> Outcome:
        given = None if answer is None else chose(answer)
        return self.receive(IncomingEvent(name, EventType.ANSWER, "mina", step, after, given))

    def reveal(self, name: str, *, after: str | None, step: str = "decide") -> Outcome:
        return self.receive(IncomingEvent(name, EventType.REVEAL, "mina", step, after))

    @property
    def answers(self) -> dict[str, Answer]:
        return current_answers(self.events).get("mina", {})


def test_an_answer_and_a_change_of_mind() -> None:
    server = Server()
    assert server.send("e1", "proceed") is ACCEPTED
    assert server.send("e2", "same_day", after="e1") is ACCEPTED
    assert server.answers == {"decide": chose("same_day")}
    assert newest_accepted_answers(server.events)["mina", "decide"].event_id == "e2"


def test_an_answer_can_be_taken_back() -> None:
    server = Server()
    server.send("e1", "proceed")
    assert server.send("e2", None, after="e1") is ACCEPTED
    assert server.answers == {}
    assert current_answers(server.events) == {}
    assert server.send("e3", "modify", after="e2") is ACCEPTED


def test_steps_and_cases_do_not_disturb_each_other() -> None:
    server = Server()
    assert server.send("e1", "proceed") is ACCEPTED
    assert server.send("e2", "right", step="tell") is ACCEPTED
    other = IncomingEvent("e3", EventType.ANSWER, "theo", "decide", None, chose("modify"))
    assert server.receive(other) is ACCEPTED
    assert current_answers(server.events) == {
        "mina": {"decide": chose("proceed"), "tell": chose("right")},
        "theo": {"decide": chose("modify")},
    }


def test_two_devices_never_overwrite_each_other() -> None:
    server = Server()
    server.send("phone", "postpone")
    assert server.send("desk", "same_day") is CONFLICTING
    assert server.answers == {"decide": chose("postpone")}
    (conflict,) = unresolved_conflicts(server.events)
    assert (conflict.case, conflict.step) == ("mina", "decide")
    assert conflict.accepted is not None
    assert conflict.accepted.event_id == "phone"
    assert [other.event_id for other in conflict.others] == ["desk"]
    # The learner chooses; the choice names what it replaces, and the conflict is over.
    assert server.send("chosen", "same_day", after="phone") is ACCEPTED
    assert unresolved_conflicts(server.events) == []


def check_two_tabs(judge_by: Judge) -> None:
    server = Server(judge_by)
    server.send("a", "postpone")
    server.send("b", "proceed")
    assert server.answers == {"decide": chose("postpone")}


def test_control_without_the_after_check_a_tab_would_overwrite() -> None:
    check_two_tabs(judge_event)
    with pytest.raises(AssertionError):
        check_two_tabs(lambda *_: ACCEPTED)


def test_the_same_answer_twice_is_no_conflict_to_settle() -> None:
    server = Server()
    server.send("phone", "postpone")
    assert server.send("desk", "postpone") is CONFLICTING
    assert unresolved_conflicts(server.events) == []


def test_an_old_tab_is_told_even_when_its_own_answer_was_replaced() -> None:
    server = Server()
    server.send("e1", "proceed")
    server.send("e2", "modify", after="e1")
    assert server.send("old", "emergency", after="e1") is CONFLICTING


def test_what_follows_a_conflicting_answer_conflicts_too() -> None:
    server = Server()
    server.send("phone", "postpone")
    assert server.send("q1", "proceed") is CONFLICTING
    assert server.send("q2", "modify", after="q1") is CONFLICTING
    (conflict,) = unresolved_conflicts(server.events)
    assert [other.event_id for other in conflict.others] == ["q1", "q2"]


def test_an_answer_to_something_that_never_arrived_is_shown() -> None:
    server = Server()
    assert server.send("q2", "proceed", after="lost") is CONFLICTING
    assert server.send("q3", None, after="q2") is CONFLICTING
    (conflict,) = unresolved_conflicts(server.events)
    assert conflict == Conflict("mina", "decide", accepted=None, others=(server.events[0],))


def test_sending_again_gives_the_first_outcome() -> None:
    server = Server()
    server.send("e1", "proceed")
    server.send("e2", "modify", after="e1")
    assert server.send("e1", "proceed") is ACCEPTED
    assert server.send("x", "emergency") is CONFLICTING
    assert server.send("x", "emergency", after="e2") is CONFLICTING
    server.state = AttemptState.SUBMITTED
    assert server.send("e1", "proceed") is ACCEPTED
    assert len(server.events) == 3


@pytest.mark.parametrize(
    ("minutes", "seconds", "outcome"),
    [(59, 59, ACCEPTED), (60, 0, ACCEPTED), (61, 0, ACCEPTED), (61, 1, LATE)],
)
def test_the_servers_clock_decides(minutes: int, seconds: int, outcome: Outcome) -> None:
    server = Server()
    server.now = NOON + timedelta(minutes=minutes, seconds=seconds)
    assert server.send("e1", "proceed") is outcome
    assert bool(server.answers) is (outcome is ACCEPTED)
    assert len(server.events) == 1  # kept all the same


@pytest.mark.parametrize("state", [s for s in AttemptState if s is not AttemptState.OPEN])
def test_nothing_counts_once_it_is_closed(state: AttemptState) -> None:
    server = Server()
    server.send("e1", "proceed")
    server.state = state
    assert server.send("e2", "modify", after="e1") is LATE
    assert server.reveal("r", after="e1") is LATE
    assert server.answers == {"decide": chose("proceed")}


def test_a_step_locks_when_the_story_goes_on() -> None:
    server = Server()
    server.send("e1", "proceed")
    assert server.reveal("r1", after="e1") is ACCEPTED
    assert locked_steps(server.events) == {("mina", "decide")}
    assert server.send("e2", "modify", after="e1") is LOCKED
    assert server.reveal("r2", after="e1") is LOCKED
    assert server.send("e3", "right", step="tell") is ACCEPTED
    assert server.answers == {"decide": chose("proceed"), "tell": chose("right")}


@pytest.mark.parametrize(
    ("first", "after"),
    [
        pytest.param([], None, id="nothing answered"),
        pytest.param([("e1", "proceed", None)], None, id="another answer is there"),
        pytest.param([("e1", "proceed", None), ("e2", None, "e1")], "e2", id="taken back"),
        pytest.param(
            [("e1", "proceed", None), ("e2", "modify", "e1")], "e1", id="replaced meanwhile"
        ),
    ],
)
def test_a_reveal_rests_on_the_answer_that_stands(
    first: list[tuple[str, str | None, str | None]], after: str | None
) -> None:
    server = Server()
    for name, answer, replaced in first:
        server.send(name, answer, after=replaced)
    assert server.reveal("r", after=after) is CONFLICTING
    assert locked_steps(server.events) == frozenset()


def test_a_lock_ends_a_conflict() -> None:
    server = Server()
    server.send("phone", "postpone")
    server.send("desk", "same_day")
    server.reveal("r", after="phone")
    assert unresolved_conflicts(server.events) == []


def test_a_reveal_that_came_too_late_is_no_answer_to_choose_from() -> None:
    server = Server()
    server.send("e1", "proceed")
    server.send("e2", "modify", after="e1")
    server.reveal("r", after="e1")
    assert unresolved_conflicts(server.events) == []


def test_an_offline_queue_arrives_without_conflict() -> None:
    server = Server()
    server.send("e1", "proceed")
    queue = [("q1", "modify", "e1"), ("q2", "postpone", "q1"), ("q3", "same_day", "q2")]
    for name, answer, after in queue:
        assert server.send(name, answer, after=after) is ACCEPTED
    for name, answer, after in queue:  # the network swallowed the replies: all of it again
        assert server.send(name, answer, after=after) is ACCEPTED
    assert server.answers == {"decide": chose("same_day")}
    assert unresolved_conflicts(server.events) == []


STEPS = ("one", "two", "three")


def queue_of(device: str, steps: Sequence[str]) -> list[IncomingEvent]:
    """What a device answers while offline, each event naming the one before it on its step."""
    last: dict[str, str] = {}
    queue = []
    for number, step in enumerate(steps):
        name = f"{device}{number}"
        answer = chose(f"{device}{number}")
        queue.append(IncomingEvent(name, EventType.ANSWER, "mina", step, last.get(step), answer))
        last[step] = name
    return queue


def interleaved(data: st.DataObject, *queues: list[IncomingEvent]) -> list[IncomingEvent]:
    left = [list(queue) for queue in queues if queue]
    merged = []
    while left:
        queue = data.draw(st.sampled_from(left))
        merged.append(queue.pop(0))
        left = [queue for queue in left if queue]
    return merged


@given(st.lists(st.sampled_from(STEPS[:2])), st.lists(st.just(STEPS[2])), st.data())
def test_devices_on_different_steps_merge_in_any_order(
    phone: list[str], desk: list[str], data: st.DataObject
) -> None:
    queues = queue_of("p", phone), queue_of("d", desk)
    server, in_turn = Server(), Server()
    for event in interleaved(data, *queues):
        assert server.receive(event) is ACCEPTED
    for queue in queues:
        for event in queue:
            in_turn.receive(event)
    assert server.answers == in_turn.answers
    assert unresolved_conflicts(server.events) == []


@given(st.lists(st.sampled_from(STEPS)), st.lists(st.sampled_from(STEPS)), st.data())
def test_nothing_is_ever_lost_or_overwritten_unseen(
    phone: list[str], desk: list[str], data: st.DataObject
) -> None:
    server = Server()
    sent = interleaved(data, queue_of("p", phone), queue_of("d", desk))
    seen: dict[str, list[str]] = {}
    for event in sent:
        if server.receive(event) is ACCEPTED:
            seen.setdefault(event.step, []).append(event.event_id)
    assert [event.event_id for event in server.events] == [event.event_id for event in sent]
    for ids in seen.values():  # on one step only one device is ever accepted
        assert len({name[0] for name in ids}) == 1
    shown = {c.step: c for c in unresolved_conflicts(server.events)}
    for event in server.events:
        if event.outcome is CONFLICTING and event.step in shown:
            head = newest_accepted_answers(server.events)["mina", event.step]
            assert event in shown[event.step].others or event.sequence < head.sequence


@given(st.lists(st.sampled_from(STEPS)), st.lists(st.sampled_from(STEPS)), st.data())
def test_the_fold_does_not_depend_on_the_order_in_which_it_reads(
    phone: list[str], desk: list[str], data: st.DataObject
) -> None:
    server = Server()
    for event in interleaved(data, queue_of("p", phone), queue_of("d", desk)):
        server.receive(event)
    shuffled = data.draw(st.permutations(server.events))
    assert current_answers(shuffled) == current_answers(server.events)
    assert unresolved_conflicts(shuffled) == unresolved_conflicts(server.events)
    assert newest_accepted_answers(shuffled) == newest_accepted_answers(server.events)


# How many a case takes


@pytest.mark.parametrize(
    ("count", "minutes_ago", "retry"),
    [
        pytest.param(0, 1, None, id="none"),
        pytest.param(MOST_EVENTS - 1, 1, None, id="one less"),
        pytest.param(MOST_EVENTS, 1, NOON + timedelta(minutes=59), id="as many"),
        pytest.param(MOST_EVENTS + 5, 1, NOON + timedelta(minutes=59), id="more"),
        pytest.param(MOST_EVENTS, 60, None, id="an hour ago"),
        pytest.param(MOST_EVENTS, -60, None, id="before the clock was set back"),
    ],
)
def test_a_case_takes_so_many_events_an_hour(
    count: int, minutes_ago: int, retry: datetime | None
) -> None:
    earlier = [NOON - timedelta(minutes=minutes_ago)] * count
    assert compute_retry_time(earlier, NOON) == retry


def test_the_oldest_of_too_many_says_when_there_is_room() -> None:
    earlier = [NOON - timedelta(minutes=50, seconds=-n) for n in range(MOST_EVENTS + 2)]
    retry = compute_retry_time(earlier, NOON)
    assert retry == earlier[2] + LIMIT_PERIOD
    assert retry is not None
    assert compute_retry_time(earlier, retry) is None
