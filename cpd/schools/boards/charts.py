"""The bars of boards: how many people are how far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString

from cpd.schools.boards.labels import COMPLETION, label_of_progress
from cpd.schools.boards.rules.progress import (
    Progress,
    count_completion,
    count_progress,
)


@dataclass(frozen=True)
class Bar:
    """A row of the chart and of its table."""

    label: LazyString | str
    value: int
    share: float
    """From 0 to 100, for drawing only."""
    css: str = ""


def build_progress_bars(
    states: Sequence[Progress], *, has_exam: bool, is_employer: bool
) -> Sequence[Bar]:
    """Return how many people are how far; an employer sees completed or not yet."""
    if is_employer:
        completion = count_completion(states)
        words = {state: COMPLETION[state][1] for state in completion}
        return _build_bars({words[state]: count for state, count in completion.items()})
    counted = count_progress(states)
    return _build_bars(
        {label_of_progress(state, has_exam=has_exam)[1]: n for state, n in counted.items()}
    )


def build_topic_bars(people_by_topic: Mapping[str, int], total: int) -> Sequence[Bar]:
    """Return on which topics how many people need practice, the most first."""
    in_order = sorted(people_by_topic.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Bar(topic, count, _share(count, total)) for topic, count in in_order]


def _build_bars(counts: Mapping[LazyString, int]) -> Sequence[Bar]:
    total = sum(counts.values())
    return [Bar(words, count, _share(count, total)) for words, count in counts.items()]


def _share(count: int, total: int) -> float:
    return 100 * count / total if total else 0.0
