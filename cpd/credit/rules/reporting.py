"""What happens to credit after a certificate: who reports it, and what became of the report."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cpd.credit.rules.authorities import Authority, find_settled
from cpd.credit.rules.authority_file import Reporting


class ReportState(StrEnum):
    """Where the report of a completed course stands."""

    TO_REPORT = "to-report"
    """The provider must report it, and has not yet."""
    REPORTED = "reported"
    """The provider has sent it, and the authority has not answered."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The authority, or its tracker, has sent it back."""
    YOURSELF = "yourself"
    """Its holder reports it, or keeps it for an audit."""
    UNKNOWN = "unknown"
    """No source that was read says who reports it, or they contradict each other."""


@dataclass(frozen=True)
class Report:
    """The report of one certificate to its authority."""

    state: ReportState
    day: date | None = None
    """When it was reported, accepted or refused; until when it must be, if a source says so."""
    reason: str = ""
    """Why it was refused, in the words of whoever refused it."""
    reference: str = ""
    """The number under which it was accepted."""
    rule: Reporting | None = None
    """What the authority's file says about reports."""


def find_default_report(authority: Authority, completed_on: date) -> Report:
    """Return what the authority's file says must happen, as long as nothing has."""
    rule = find_settled(authority.file.rules.reporting, completed_on)
    if rule is None:
        return Report(ReportState.UNKNOWN)
    if rule.reporter == "holder":
        return Report(ReportState.YOURSELF, rule=rule)
    due_on = None if rule.days is None else completed_on + timedelta(days=rule.days)
    return Report(ReportState.TO_REPORT, day=due_on, rule=rule)
