"""What an approval on file says, and why one cannot be put on file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cpd.credit.rules.claims import PilotReport

RENEW_WITHIN = timedelta(days=90)
"""How long before its last day an approval is listed as one to renew."""
MOST_LETTER_BYTES = 900_000
"""Somewhat less than one request may carry."""
_AMOUNT = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?")


@dataclass(frozen=True)
class ApprovalOnFile:
    """One letter of an authority: it approves the provider, or one course."""

    authority: str
    """The authority's slug."""
    course_id: int | None
    """None where the provider itself is approved."""
    number: str
    title: str
    """The course's title as approved, or the provider's name as registered."""
    first_day: date
    last_day: date | None
    """The last day on which it holds; none if the letter names no end."""
    amount: Decimal | None = None
    """The approved amount in the authority's units; none for a provider."""
    category: str = ""
    pilot: PilotReport | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether a day lies in its window."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def is_about_same(self, other: "ApprovalOnFile") -> bool:
        """Tell whether both are of one authority, and about one course or both the provider."""
        return self.authority == other.authority and self.course_id == other.course_id

    def overlaps(self, other: "ApprovalOnFile") -> bool:
        """Tell whether some day lies in both windows."""
        return self.holds_on(other.first_day) or other.holds_on(self.first_day)


class ApprovalFault(StrEnum):
    """Why an approval cannot be put on file; `ClaimFault` says why its amount cannot."""

    ENDS_FIRST = "ends-first"
    """Its last day lies before its first."""
    OVERLAPS = "overlaps"
    """Another approval by this authority, about the same, holds on some of its days."""


def find_window_fault(
    new: ApprovalOnFile, on_file: Iterable[ApprovalOnFile]
) -> ApprovalFault | None:
    """Return why an approval cannot hold on its days, or None if it can."""
    if new.last_day is not None and new.last_day < new.first_day:
        return ApprovalFault.ENDS_FIRST
    if any(new.is_about_same(one) and new.overlaps(one) for one in on_file):
        return ApprovalFault.OVERLAPS
    return None


class ApprovalStage(StrEnum):
    """Where an approval stands on a day."""

    TO_COME = "to-come"
    IN_FORCE = "in-force"
    TO_RENEW = "to-renew"
    """It holds, and its last day is near."""
    PAST = "past"
    """Its last day is over."""
    WITHDRAWN = "withdrawn"
    """An administrator took it off the file."""


def find_stage(approval: ApprovalOnFile, today: date, *, is_withdrawn: bool) -> ApprovalStage:
    """Return where an approval stands."""
    if is_withdrawn:
        return ApprovalStage.WITHDRAWN
    if today < approval.first_day:
        return ApprovalStage.TO_COME
    if not approval.holds_on(today):
        return ApprovalStage.PAST
    if approval.last_day is not None and approval.last_day - today <= RENEW_WITHIN:
        return ApprovalStage.TO_RENEW
    return ApprovalStage.IN_FORCE


class LetterFault(StrEnum):
    """Why a file cannot be the letter of an authority."""

    EMPTY = "empty"
    NO_PDF = "no-pdf"
    TOO_LARGE = "too-large"


def find_letter_fault(content: bytes) -> LetterFault | None:
    """Return why a file is not taken as a letter, by its content and not by its name."""
    if not content:
        return LetterFault.EMPTY
    if len(content) > MOST_LETTER_BYTES:
        return LetterFault.TOO_LARGE
    is_pdf = content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]
    return None if is_pdf else LetterFault.NO_PDF


def parse_amount(text: str) -> Decimal | None:
    """Return a number of units with at most two decimals, or None if the text is no such number."""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def parse_pilot(stored: Mapping[str, Any]) -> PilotReport:
    """Return a pilot report from its JSON."""
    return PilotReport(
        content_hash=stored["content_hash"],
        reported_on=date.fromisoformat(stored["reported_on"]),
        minutes_by_learner=tuple(stored["minutes"]),
    )
