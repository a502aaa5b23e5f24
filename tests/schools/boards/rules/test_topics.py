"""The cells of the matrix: no figure about so few people that it would name them."""

from dataclasses import replace

import pytest

from cpd.schools.boards.rules.topics import (
    FEWEST_WITHOUT_NAMES,
    LearnerTopics,
    TopicCell,
    TopicCount,
    TopicState,
    build_cell,
    build_row,
    count_topics,
    sort_rows,
)

WELL, HARMFUL, UNREAD = TopicState.WELL, TopicState.HARMFUL, TopicState.HARMFUL_UNREAD

FEW = TopicCount(FEWEST_WITHOUT_NAMES - 1, 1, unnamed=FEWEST_WITHOUT_NAMES - 1)
ENOUGH = TopicCount(FEWEST_WITHOUT_NAMES, 2, unnamed=FEWEST_WITHOUT_NAMES)


@pytest.mark.parametrize(
    ("count", "is_hidden"),
    [
        (FEW, True),
        (ENOUGH, False),
        (replace(FEW, unnamed=0), False),
        (replace(ENOUGH, unnamed=1), True),
        (replace(ENOUGH, met=50, unnamed=FEWEST_WITHOUT_NAMES - 1), True),
    ],
)
def test_a_figure_about_few_people_is_for_those_who_may_see_their_names(
    count: TopicCount, *, is_hidden: bool
) -> None:
    """Neither may it be told by subtracting those who are seen with names."""
    assert build_cell(count) == TopicCell(None if is_hidden else count, is_hidden=is_hidden)


def test_nobody_has_met_a_topic_without_a_count() -> None:
    assert build_cell(None) == TopicCell(None)


def test_the_total_does_not_tell_what_a_cell_hides() -> None:
    """Nobody can subtract the classes that are shown from the total."""
    row = build_row("clot", [build_cell(each) for each in (FEW, ENOUGH, ENOUGH)])
    assert row.total.count == TopicCount(10, 4, unnamed=10)
    assert build_row("clot", [build_cell(FEW)]).total.count is None


def test_each_person_counts_once_by_their_worst_choice() -> None:
    """Somebody may be in a class under two assignments of the same course."""
    counted = count_topics(
        [
            LearnerTopics(1, {"clot": WELL, "heat": HARMFUL}),
            LearnerTopics(1, {"clot": UNREAD}, is_named=False),
            LearnerTopics(2, {"clot": HARMFUL}),
            LearnerTopics(2, {"clot": WELL}),
        ]
    )
    assert counted == {
        "clot": TopicCount(met=2, harmful=2, unread=1, unnamed=1),
        "heat": TopicCount(met=1, harmful=1),
    }


@pytest.mark.parametrize(
    ("harmful", "met", "level"),
    [(0, 24, 0), (1, 24, 1), (2, 31, 2), (3, 24, 3), (4, 20, 3), (5, 24, 4)],
)
def test_a_larger_share_has_a_stronger_color(harmful: int, met: int, level: int) -> None:
    assert TopicCell(TopicCount(met, harmful)).level == level
    assert TopicCell(None).level == 0


def test_the_topics_on_which_most_people_need_practice_come_first() -> None:
    rows = [
        build_row(topic, [TopicCell(count)])
        for topic, count in (("heat", None), ("fever", ENOUGH), ("clot", TopicCount(9, 7)))
    ]
    assert [row.topic for row in sort_rows(rows)] == ["clot", "fever", "heat"]
