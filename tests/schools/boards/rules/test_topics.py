"""The cells of the matrix: no figure about so few people that it would name them."""

import pytest

from cpd.schools.boards.rules.topics import (
    FEWEST_WITHOUT_NAMES,
    TopicCell,
    TopicCount,
    build_cell,
    build_row,
    sort_rows,
)

FEW, ENOUGH = TopicCount(FEWEST_WITHOUT_NAMES - 1, 1), TopicCount(FEWEST_WITHOUT_NAMES, 2)


def test_a_figure_about_few_people_is_for_those_who_may_see_their_names() -> None:
    assert build_cell(FEW, may_name=False) == TopicCell(None, is_hidden=True)
    assert build_cell(FEW, may_name=True).count == FEW
    assert build_cell(ENOUGH, may_name=False).count == ENOUGH
    assert build_cell(None, may_name=False) == TopicCell(None)


def test_the_total_does_not_tell_what_a_cell_hides() -> None:
    """Nobody can subtract the classes that are shown from the total."""
    row = build_row("clot", [build_cell(each, may_name=False) for each in (FEW, ENOUGH, ENOUGH)])
    assert row.total.count == TopicCount(10, 4)
    assert build_row("clot", [build_cell(FEW, may_name=False)]).total.count is None


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
