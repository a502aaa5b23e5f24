"""Which of two ledger entries holds, and how far a source was checked."""

from datetime import date

import pytest

from cpd.courses.rules.ledger import (
    NOT_CHECKED,
    EvidenceStatus,
    Series,
    ledger_entry_sort_key,
    status_replaces,
)


def test_entries_count_by_their_day_and_then_the_sites_own() -> None:
    first, second = date(2026, 1, 1), date(2026, 1, 2)
    in_order = [
        ledger_entry_sort_key(first, Series.SHIPPED, 7),
        ledger_entry_sort_key(first, Series.SHIPPED, 8),
        ledger_entry_sort_key(first, Series.HERE, 1),
        ledger_entry_sort_key(second, Series.SHIPPED, 2),
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
    assert status_replaces(status, before) is does


def test_what_an_entry_says() -> None:
    data = {"status": "checked", "on": "2026-01-10", "by": "Ada", "note": "Abstract seen."}
    found = EvidenceStatus.from_data(data)
    assert found == EvidenceStatus("checked", date(2026, 1, 10), "Ada", "Abstract seen.")


@pytest.mark.parametrize(
    "data", [{}, {"status": None, "on": None, "by": None, "note": None}], ids=["empty", "nulls"]
)
def test_a_source_nobody_looked_at_is_unchecked(data: dict[str, None]) -> None:
    assert EvidenceStatus.from_data(data) == NOT_CHECKED
