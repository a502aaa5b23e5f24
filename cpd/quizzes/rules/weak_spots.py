"""Which practice cases come first for one learner: where their first choices went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cpd.cases.scales import Danger, Scale

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer to a step of a practice case."""

    begins_run: bool
    """Whether it answers the first step, so that the case began again with it."""
    ends_run: bool
    is_first: bool
    """Whether the step had never been answered before."""
    is_right: bool
    danger: Danger | None
    answered_at: datetime


class Weakness(Scale):
    """Where a learner stands with a practice case, from the weakest to the strongest."""

    HARMFUL = "harmful"
    """A first choice could have harmed the client."""
    WRONG = "wrong"
    """A first choice was wrong."""
    UNSEEN = "unseen"
    DECIDED = "decided"
    """It was decided rightly: at once, or from its beginning again since then."""


@dataclass(frozen=True, slots=True)
class PracticeCase:
    """A practice case, what it is about, and where its learner stands with it."""

    slug: str
    hazards: tuple[str, ...]
    objectives: tuple[str, ...]
    weakness: Weakness
    answered_at: datetime | None
    """When it was last answered; None for a case that was not seen."""


@dataclass(frozen=True, slots=True)
class WeakSpot:
    """A practice case to decide, and what it is about above all."""

    case: PracticeCase
    topic: str
    """Its weakest hazard, or without one its weakest objective; empty without either."""


def judge_weakness(answers: Sequence[GivenAnswer]) -> Weakness:
    """Judge where a learner stands with a case by their answers to it, oldest first.

    First choices decide. Deciding the case again, rightly from beginning to end, puts them right.
    """
    if not answers:
        return Weakness.UNSEEN
    run = _pick_newest_run(answers)
    if not run[0].is_first and run[-1].ends_run and all(answer.is_right for answer in run):
        return Weakness.DECIDED
    firsts = [answer for answer in answers if answer.is_first]
    if any(answer.danger and answer.danger.could_harm_client for answer in firsts):
        return Weakness.HARMFUL
    return Weakness.DECIDED if all(answer.is_right for answer in firsts) else Weakness.WRONG


def _pick_newest_run(answers: Sequence[GivenAnswer]) -> Sequence[GivenAnswer]:
    begins = [number for number, answer in enumerate(answers) if answer.begins_run]
    return answers[begins[-1] if begins else 0 :]


def draw_weak_spots(cases: Iterable[PracticeCase], *, at_most: int) -> tuple[WeakSpot, ...]:
    """Draw the cases to decide next, the weakest first; the same cases give the same draw.

    First choices that could have harmed the client come before wrong ones, then cases that were
    not seen, then those answered the longest ago. Among equals, each topic has its turn, the
    weakest first, so that one topic does not fill the list.
    """
    known = list(cases)
    by_hazard = _rank_topics((case, case.hazards) for case in known)
    by_objective = _rank_topics((case, case.objectives) for case in known)
    known.sort(
        key=lambda case: (
            case.weakness.rank,
            case.answered_at or _LONG_AGO,
            min((by_objective[it] for it in case.objectives), default=len(by_objective)),
        )
    )
    turns: Counter[tuple[Weakness, str]] = Counter()
    placed = []
    for case in known:
        ranks = by_hazard if case.hazards else by_objective
        topic = min(case.hazards or case.objectives, key=ranks.__getitem__, default="")
        turns[case.weakness, topic] += 1
        place = (case.weakness.rank, turns[case.weakness, topic], ranks.get(topic, len(ranks)))
        placed.append((place, WeakSpot(case, topic)))
    placed.sort(key=lambda one: one[0])
    return tuple(spot for _, spot in placed[:at_most])


def _rank_topics(cases: Iterable[tuple[PracticeCase, tuple[str, ...]]]) -> dict[str, int]:
    """Rank the topics, from 0 for the weakest: by how many of their cases stand how badly."""
    counts: dict[str, Counter[Weakness]] = {}
    for case, topics in cases:
        for topic in topics:
            counts.setdefault(topic, Counter())[case.weakness] += 1
    weakest_first = sorted(
        counts, key=lambda topic: [-counts[topic][weakness] for weakness in Weakness]
    )
    return {topic: rank for rank, topic in enumerate(weakest_first)}
