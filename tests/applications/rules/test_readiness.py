"""What documents lack, how blocks reach a typesetter, and how long somebody may read."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cpd.applications.rules.documents import (
    DOCUMENTS,
    Heading,
    Paragraph,
    Table,
    build_file_name,
    describe_block,
)
from cpd.applications.rules.readiness import Lack, Missing, PolicyName, Stock, find_missing
from cpd.applications.rules.reading import PeriodFault, find_end_of_day, find_period_fault

COMPLETE = Stock(
    authors=[("Ada", "LMT")],
    resumes={"Ada"},
    policies=set(PolicyName),
    has_sources=True,
    has_amount=True,
    makes_pdf=True,
)


@pytest.mark.parametrize(
    ("stock", "missing"),
    [
        pytest.param(COMPLETE, [], id="complete"),
        pytest.param(
            replace(COMPLETE, authors=[("Ada", "")]),
            [Missing("instructors", Lack.CREDENTIALS, "Ada")],
            id="no credentials",
        ),
        pytest.param(
            replace(COMPLETE, resumes=()),
            [Missing("instructors", Lack.RESUME, "Ada")],
            id="no résumé",
        ),
        pytest.param(
            replace(COMPLETE, policies={*PolicyName} - {PolicyName.REFUND}),
            [Missing("policies", Lack.POLICY, "refund")],
            id="a policy is not written",
        ),
        pytest.param(
            replace(COMPLETE, has_sources=False, has_amount=False, makes_pdf=False),
            [
                Missing("references", Lack.SOURCES),
                Missing("worksheet", Lack.AMOUNT),
                Missing("sample-certificate", Lack.PDF),
            ],
            id="no sources, no amount, no PDF",
        ),
    ],
)
def test_what_is_missing(stock: Stock, missing: list[Missing]) -> None:
    assert list(find_missing(stock)) == missing


def test_blocks_and_file_names() -> None:
    assert describe_block(Heading("A")) == {"kind": "heading", "text": "A"}
    assert describe_block(Paragraph("b")) == {"kind": "paragraph", "text": "b"}
    assert describe_block(Table("t", ("x",), [("1",)])) == {
        "kind": "table",
        "name": "t",
        "head": ["x"],
        "rows": [["1"]],
    }
    assert build_file_name(DOCUMENTS[0], "html") == "01-description.html"


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (date(2026, 11, 21), PeriodFault.PAST),
        (date(2026, 11, 22), None),
        (date(2027, 2, 20), None),
        (date(2027, 2, 21), PeriodFault.TOO_LONG),
    ],
)
def test_a_period_ends_within_90_days(day: date, fault: PeriodFault | None) -> None:
    assert find_period_fault(day, date(2026, 11, 22)) == fault


def test_a_day_ends_where_its_administrator_lives() -> None:
    end = find_end_of_day(date(2026, 11, 22), ZoneInfo("America/New_York"))
    assert end == datetime(2026, 11, 23, 5, tzinfo=UTC)
