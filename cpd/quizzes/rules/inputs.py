"""What a grading was computed from besides the draw, the answers and the exam's rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cpd.cases.model import Json


@dataclass(frozen=True, slots=True)
class GradingInputs:
    """The key by which each case was marked, and the cases that were left out of the count."""

    keys: Mapping[str, int]
    """Case to the revision whose key was used."""
    dropped: frozenset[str] = frozenset()

    def fits(self, cases: Collection[str]) -> bool:
        """Say whether it names a key for each of these cases, and no other case."""
        numbers = all(type(number) is int for number in self.keys.values())
        return numbers and self.keys.keys() == set(cases) and self.dropped <= set(cases)

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {"keys": dict(self.keys), "dropped": sorted(self.dropped)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> GradingInputs:
        """Read the JSON form."""
        return cls(keys=dict(data["keys"]), dropped=frozenset(data["dropped"]))
