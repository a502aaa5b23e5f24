"""What an authority's file says about reports, until somebody has reported."""

from collections.abc import Callable
from datetime import date

import pytest

from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.reporting import ReportState, find_default_report

DAY = date(2026, 12, 1)
CYCLE = "  cycle:\n"
RULE = "    - {text: It is so., sources: [rule], reporter: %s, channel: ce-broker%s}\n"


@pytest.mark.parametrize(
    ("rules", "state", "day"),
    [
        ("", ReportState.UNKNOWN, None),
        (RULE % ("holder", ""), ReportState.YOURSELF, None),
        (RULE % ("provider", ""), ReportState.TO_REPORT, None),
        (RULE % ("provider", ", days: 7"), ReportState.TO_REPORT, date(2026, 12, 8)),
        (RULE % ("provider", "") + RULE % ("holder", ""), ReportState.UNKNOWN, None),
    ],
)
def test_the_file_says_who_reports(
    authority: Callable[..., Authority], rules: str, state: ReportState, day: date | None
) -> None:
    found = authority(CYCLE, f"  reporting:\n{rules}{CYCLE}" if rules else CYCLE)
    report = find_default_report(found, DAY)
    assert (report.state, report.day) == (state, day)
    assert (report.rule is None) is (state is ReportState.UNKNOWN)
