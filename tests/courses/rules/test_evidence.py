"""How far a source was checked."""

from datetime import date

import pytest

from cpd.courses.rules.evidence import NOT_CHECKED, EvidenceStatus


def test_what_an_entry_says() -> None:
    data = {"status": "checked", "on": "2026-01-10", "by": "Ada", "note": "Abstract seen."}
    found = EvidenceStatus.from_data(data)
    assert found == EvidenceStatus("checked", date(2026, 1, 10), "Ada", "Abstract seen.")


@pytest.mark.parametrize(
    "data", [{}, {"status": None, "on": None, "by": None, "note": None}], ids=["empty", "nulls"]
)
def test_a_source_nobody_looked_at_is_unchecked(data: dict[str, None]) -> None:
    assert EvidenceStatus.from_data(data) == NOT_CHECKED
