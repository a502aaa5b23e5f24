"""What the provider must report to an authority, and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import Reporting


@dataclass(frozen=True)
class Duty:
    """What the rules of an authority say about reporting by the provider."""

    authority: Authority
    rules: tuple[Reporting, ...]
    """Those in force; none where the provider reports nothing, or no source says it."""
    others: tuple[Reporting, ...]
    """What holders report themselves."""

    @property
    def is_through_ce_broker(self) -> bool:
        """Whether the provider reports through CE Broker."""
        return any(rule.channel == "ce-broker" for rule in self.rules)

    @property
    def needs_agreement(self) -> bool:
        """Whether the holder must agree first."""
        return any(rule.agreement for rule in self.rules)

    def find_due_day(self, completed_on: date) -> date | None:
        """Return the last day to report what was completed on a day; None if no source says it."""
        days = [rule.days for rule in self.rules if rule.days is not None]
        return completed_on + timedelta(days=min(days)) if days else None


def build_duty(authority: Authority, today: date) -> Duty:
    """Return what an authority's rules say on a day."""
    current = [rule for rule in authority.file.rules.reporting if rule.is_in_force(today)]
    return Duty(
        authority,
        tuple(rule for rule in current if rule.reporter == "provider"),
        tuple(rule for rule in current if rule.reporter != "provider"),
    )


def find_ce_broker_duties(authorities: Iterable[Authority], today: date) -> dict[str, Duty]:
    """Return the duties to report through CE Broker, by the authority's slug."""
    duties = (build_duty(authority, today) for authority in authorities)
    return {duty.authority.slug: duty for duty in duties if duty.is_through_ce_broker}
