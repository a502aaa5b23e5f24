"""Windows, stages, letters and numbers of approvals."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cpd.credit.rules import approvals as rules
from cpd.credit.rules.approvals import ApprovalFault, ApprovalOnFile, ApprovalStage, LetterFault
from cpd.credit.rules.claims import PilotReport

YEAR = ApprovalOnFile("oasis", 1, "C-1", "Course", date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        (YEAR, ApprovalFault.OVERLAPS),
        (replace(YEAR, last_day=date(2025, 12, 31)), ApprovalFault.ENDS_FIRST),
        (replace(YEAR, first_day=date(2025, 1, 1), last_day=None), ApprovalFault.OVERLAPS),
        (replace(YEAR, first_day=date(2026, 12, 31), last_day=None), ApprovalFault.OVERLAPS),
        (replace(YEAR, first_day=date(2027, 1, 1), last_day=None), None),
        (replace(YEAR, first_day=date(2025, 1, 1), last_day=date(2025, 12, 31)), None),
        (replace(YEAR, course_id=2), None),
        (replace(YEAR, course_id=None), None),
        (replace(YEAR, authority="desert"), None),
    ],
)
def test_windows_are_in_order_and_apart(new: ApprovalOnFile, fault: ApprovalFault | None) -> None:
    assert rules.find_window_fault(new, [YEAR]) == fault


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2025, 12, 31), ApprovalStage.TO_COME),
        (date(2026, 1, 1), ApprovalStage.IN_FORCE),
        (date(2026, 10, 1), ApprovalStage.IN_FORCE),
        (date(2026, 10, 2), ApprovalStage.TO_RENEW),
        (date(2026, 12, 31), ApprovalStage.TO_RENEW),
        (date(2027, 1, 1), ApprovalStage.PAST),
    ],
)
def test_an_approval_is_renewed_before_it_ends(today: date, stage: ApprovalStage) -> None:
    assert rules.find_stage(YEAR, today, is_withdrawn=False) is stage
    assert rules.find_stage(YEAR, today, is_withdrawn=True) is ApprovalStage.WITHDRAWN
    endless = replace(YEAR, last_day=None)
    if stage is not ApprovalStage.TO_COME:
        assert rules.find_stage(endless, today, is_withdrawn=False) is ApprovalStage.IN_FORCE


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", LetterFault.EMPTY),
        (b"%PDF-1.4\n%%EOF\n", None),
        (b"%PDF-1.4\n", LetterFault.NO_PDF),
        (b"<html>%PDF-%%EOF", LetterFault.NO_PDF),
        (b"%PDF-" + b" " * 900_000 + b"%%EOF", LetterFault.TOO_LARGE),
    ],
)
def test_a_letter_is_judged_by_its_content(content: bytes, fault: LetterFault | None) -> None:
    assert rules.find_letter_fault(content) == fault


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.5", Decimal("1.5")), ("12", Decimal(12)), ("0", Decimal(0))]
    + [(bad, None) for bad in ("", "1.555", "-1", "1e9999", "NaN", "١", "1,5", "12345")],
)
def test_amounts_are_exact(text: str, amount: Decimal | None) -> None:
    assert rules.parse_amount(text) == amount


def test_a_pilot_report_survives_its_storage() -> None:
    report = PilotReport("0" * 64, date(2026, 1, 1), (58, 62))
    assert rules.parse_pilot(report.to_json()) == report
