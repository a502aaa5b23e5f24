"""Which of two ledger entries holds."""

from datetime import date

import pytest

from cpd.courses.rules.ledger import Series, holds, place


def test_entries_count_by_their_day_and_then_the_sites_own() -> None:
    first, second = date(2026, 1, 1), date(2026, 1, 2)
    in_order = [
        place(first, Series.SHIPPED, 7),
        place(first, Series.SHIPPED, 8),
        place(first, Series.HERE, 1),
        place(second, Series.SHIPPED, 2),
    ]
    assert sorted(in_order, reverse=True)[::-1] == in_order


@pytest.mark.parametrize(
    ("status", "before", "does"),
    [
        pytest.param("checked", None, True, id="the first"),
        pytest.param("checked", "superseded", True, id="a later one"),
        pytest.param("retracted", "checked", True, id="a retraction"),
        pytest.param("checked", "retracted", False, id="after a retraction"),
        pytest.param("retracted", "retracted", True, id="retracted again, with another note"),
    ],
)
def test_a_retraction_stays(status: str, before: str | None, does: bool) -> None:
    assert holds(status, after=before) is does
