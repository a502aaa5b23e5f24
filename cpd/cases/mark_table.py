"""The marks of decisions by their distance from the right one, and the text of them to sign."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from cpd.cases.scales import CriticalRule, Danger, Decision

ONE_STEP_TOO_CAREFUL = Fraction(1, 2)
MARK_TABLE = "marks:decisions"
"""Its name in ledgers."""
SIGNED_RULES = (CriticalRule.EMERGENCY_SIGN, CriticalRule.CLOT_SUSPECTED)
"""The critical rules that belong to it; every other one belongs to its case."""


@dataclass(frozen=True)
class RuleSigners:
    """Who signed the critical rules of one case; empty where nobody has."""

    table: str = ""
    """Who signed the marks of decisions, to which two of the rules belong."""
    case: str = ""
    """Who signed the case, to which all others belong."""

    @classmethod
    def of_case(cls, case_id: str, signers: Mapping[str, str]) -> "RuleSigners":
        """Pick the signers of one case from those of a course, which are by name in the ledger."""
        return cls(signers.get(MARK_TABLE, ""), signers.get(f"case:{case_id}", ""))

    def signer_of(self, rule: CriticalRule | None) -> str:
        """Return who signed a rule, or an empty string."""
        return self.table if rule in SIGNED_RULES else self.case


DECISION_WORDS: Mapping[str, str] = {
    Decision.PROCEED: "Go ahead",
    Decision.MODIFY: "Change the plan",
    Decision.POSTPONE: "Not today: reschedule",
    Decision.SAME_DAY: "Not today: medical advice today",
    Decision.EMERGENCY: "Emergency: call now",
}
"""The decisions in English, for texts that are signed and for checks."""
_HALF, _FULL = "half marks, too careful by one step", "full marks"
_RULES = """\
Going ahead or changing the plan through a sign of an emergency, or where a clot is suspected, is \
not a pass, whatever the score.

A case may raise a decision that is not careful enough to one that is not a pass. It must cite a \
source for that, and it can never lower one.

A case may let a second decision earn full marks. It must say why. That is a decision beside the \
right one, or one that is two steps more careful.
"""


def danger_and_marks_of_decision(
    decision: Decision, *, accepted: Collection[Decision], treating_is_critical: bool
) -> tuple[Danger, Fraction]:
    """Return the danger and the marks of a decision; those in `accepted` earn full marks."""
    if decision in accepted:
        return Danger.SAFE, Fraction(1)
    if decision < min(accepted):
        critical = treating_is_critical and decision.treats_client
        return Danger.CRITICAL if critical else Danger.UNSAFE, Fraction(0)
    next_below = max(right for right in accepted if right < decision)
    one_step = decision.rank - next_below.rank == 1
    return Danger.OVERCAUTIOUS, ONE_STEP_TOO_CAREFUL if one_step else Fraction(0)


@cache
def load_mark_table() -> str:
    """Return the text, made from the code that marks decisions."""
    tables = "\n".join(map(_describe_row, Decision))
    return f"# How the five decisions are marked\n\n{tables}\n{_RULES}"


@cache
def load_mark_table_hash() -> str:
    """Return the SHA-256 of the text: a signature holds for exactly this one."""
    return hashlib.sha256(load_mark_table().encode()).hexdigest()


def _describe_row(right: Decision) -> str:
    lines = [f"- {DECISION_WORDS[chosen]}: {_describe_marks(chosen, right)}" for chosen in Decision]
    return "\n".join([f"If the right decision is “{DECISION_WORDS[right]}”:", "", *lines, ""])


def _describe_marks(chosen: Decision, right: Decision) -> str:
    danger, marks = danger_and_marks_of_decision(
        chosen, accepted={right}, treating_is_critical=right is Decision.EMERGENCY
    )
    if danger is Danger.SAFE:
        return _FULL
    if danger is Danger.OVERCAUTIOUS:
        return _HALF if marks else "no marks, too careful"
    if danger is Danger.CRITICAL:
        return "no marks, and not a pass, whatever the score"
    return "no marks, not careful enough"
