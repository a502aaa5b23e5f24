"""The minimums and caps of an authority in units, and which activities each of them concerns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from cpd.credit.rules.activities import Activity
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.authority_file import Cap, Category

QuotaRule: TypeAlias = Category | Cap


@dataclass(frozen=True)
class Bound:
    """A number of units that a rule asks for, or allows."""

    rule: QuotaRule
    amount: Fraction

    @property
    def is_for_each(self) -> bool:
        """Whether it holds for each activity by itself, rather than for all together."""
        return isinstance(self.rule, Cap) and self.rule.mode == "one-activity"

    def concerns(self, activity: Activity) -> bool:
        """Tell whether an activity counts toward it."""
        if isinstance(self.rule, Category):
            return self.rule.name == activity.category
        return self.is_for_each or self.rule.mode in activity.modes


Limit: TypeAlias = Bound
"""At most so many."""
Minimum: TypeAlias = Bound
"""At least so many."""


def list_limits(authority: Authority, due: Fraction | None, today: date) -> list[Limit]:
    """Return the caps in force; of those that contradict each other, all, so that each holds."""
    return [
        Bound(rule, amount)
        for rule in _iterate_rules(authority, today)
        if (amount := _scale(rule, rule.at_most, due)) is not None
    ]


def list_minimums(authority: Authority, due: Fraction | None, today: date) -> list[Minimum]:
    """Return the minimums in force that ask for anything."""
    return [
        Bound(rule, amount)
        for rule in _iterate_rules(authority, today)
        if (amount := _scale(rule, rule.at_least, due))
    ]


def _iterate_rules(authority: Authority, today: date) -> Iterator[QuotaRule]:
    rules: list[QuotaRule] = [*authority.file.rules.categories, *authority.file.rules.caps]
    for rule in rules:
        if rule.is_in_force(today):
            yield rule


def _scale(rule: QuotaRule, bound: Fraction | None, due: Fraction | None) -> Fraction | None:
    """Return a bound in units; None where there is none, or where it is a part of the unknown."""
    if bound is None or not (isinstance(rule, Cap) and rule.is_share):
        return bound
    return None if due is None else bound * due
