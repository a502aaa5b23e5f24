"""When a course is due to be reviewed again."""

from datetime import date

import pytest

from cpd.authoring.renewals.rules.renewing import is_review_due


@pytest.mark.parametrize(
    ("today", "is_due"),
    [
        pytest.param(date(2026, 10, 31), False, id="61 days before"),
        pytest.param(date(2026, 11, 1), True, id="60 days before"),
        pytest.param(date(2027, 6, 1), True, id="overdue"),
    ],
)
def test_when_a_review_is_due(today: date, *, is_due: bool) -> None:
    assert is_review_due(date(2026, 12, 31), today=today) is is_due
