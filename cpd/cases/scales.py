"""The scales and choices by which cases are described and marked."""

from __future__ import annotations

from enum import StrEnum


class Scale(StrEnum):
    """Text values ordered as they are listed, not alphabetically."""

    @property
    def rank(self) -> int:
        """Return the position on the scale, from 0."""
        return tuple(type(self)).index(self)

    def __lt__(self, other: str) -> bool:
        """Compare by position on the scale."""
        return self.rank < self._require_same_scale(other).rank

    def __le__(self, other: str) -> bool:
        """Compare by position on the scale."""
        return self.rank <= self._require_same_scale(other).rank

    def __gt__(self, other: str) -> bool:
        """Compare by position on the scale."""
        return self.rank > self._require_same_scale(other).rank

    def __ge__(self, other: str) -> bool:
        """Compare by position on the scale."""
        return self.rank >= self._require_same_scale(other).rank

    def _require_same_scale(self, other: str) -> Scale:
        if isinstance(other, type(self)):
            return other
        message = f"{other!r} is not on the scale {type(self).__name__}."
        raise TypeError(message)


class Decision(Scale):
    """The five answers about today's session, from the least to the most cautious."""

    PROCEED = "proceed"
    MODIFY = "modify"
    POSTPONE = "postpone"
    SAME_DAY = "same_day"
    EMERGENCY = "emergency"

    @property
    def treats_client(self) -> bool:
        """Return whether the client is massaged today."""
        return self <= Decision.MODIFY


class Danger(Scale):
    """What an option would do to the client, from the mildest to the worst."""

    SAFE = "safe"
    OVERCAUTIOUS = "overcautious"
    SUBOPTIMAL = "suboptimal"
    UNSAFE = "unsafe"
    CRITICAL = "critical"

    @property
    def could_harm_client(self) -> bool:
        """Return whether the client could come to harm: unsafe or critical."""
        return self >= Danger.UNSAFE


class Basis(StrEnum):
    """The kind of support for a rationale."""

    EVIDENCE = "evidence"
    GUIDELINE = "guideline"
    EXPERT_CAUTION = "expert-caution"
    HOUSE_RULE = "house-rule"

    @property
    def needs_citation(self) -> bool:
        """Return whether a source must be cited; otherwise a reviewer must be named."""
        return self in {Basis.EVIDENCE, Basis.GUIDELINE}


class CriticalRule(StrEnum):
    """Why an option is critical."""

    EMERGENCY_SIGN = "emergency-sign"
    CLOT_SUSPECTED = "clot-suspected"
    THIS_CASE = "this-case"


class Difficulty(Scale):
    """How hard the author thinks a case is."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Pool(StrEnum):
    """Where a case is used: practice gives immediate feedback and never counts."""

    PRACTICE = "practice"
    EXAM = "exam"
