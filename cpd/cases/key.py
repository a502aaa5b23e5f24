"""The key of a case: what each option is worth and why; it stays on the server until release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cpd.cases.front import UnknownOptionError, UnknownStepError, item_with_id
from cpd.cases.scales import Basis, CriticalRule, Danger, Decision
from cpd.kernel.canonical import Json, format_fraction


@dataclass(frozen=True, slots=True)
class OptionKey:
    """What one option is worth, what it would do, and why."""

    id: str
    correct: bool
    danger: Danger
    """The danger of choosing it."""
    marks: Fraction
    """1 is full marks. Negative only for a wrong option where several can be chosen."""
    rationale_html: str
    basis: Basis
    reviewer: str = ""
    cites: tuple[str, ...] = ()
    danger_if_missed: Danger = Danger.SAFE
    """The danger of leaving out a right option, where several can be chosen."""
    critical_rule: CriticalRule | None = None
    note_html: str = ""
    """Why it earns the same marks as the key, or why it is critical in this case."""

    def to_json(self) -> Json:
        """Return the JSON form; fractions are text."""
        return {
            "id": self.id,
            "correct": self.correct,
            "danger": self.danger.value,
            "marks": format_fraction(self.marks),
            "rationale_html": self.rationale_html,
            "basis": self.basis.value,
            "reviewer": self.reviewer,
            "cites": list(self.cites),
            "danger_if_missed": self.danger_if_missed.value,
            "critical_rule": self.critical_rule.value if self.critical_rule else None,
            "note_html": self.note_html,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> OptionKey:
        """Read the JSON form."""
        return cls(
            id=data["id"],
            correct=data["correct"],
            danger=Danger(data["danger"]),
            marks=Fraction(data["marks"]),
            rationale_html=data["rationale_html"],
            basis=Basis(data["basis"]),
            reviewer=data["reviewer"],
            cites=tuple(data["cites"]),
            danger_if_missed=Danger(data["danger_if_missed"]),
            critical_rule=CriticalRule(data["critical_rule"]) if data["critical_rule"] else None,
            note_html=data["note_html"],
        )


@dataclass(frozen=True, slots=True)
class StepKey:
    """The key of one step."""

    id: str
    kind: str
    options: tuple[OptionKey, ...]
    say: str = ""
    """One sentence to say to the client."""
    key: Decision | None = None
    """The right decision, where the step asks for one."""
    also: tuple[Decision, ...] = ()
    """Close decisions that earn the same marks; the note of each option says why."""

    @property
    def correct_option_ids(self) -> tuple[str, ...]:
        """Return the ids of the options that earn full marks."""
        return tuple(option.id for option in self.options if option.correct)

    def option_by_id(self, option_id: str) -> OptionKey:
        """Return an option by id; raises UnknownOptionError if there is none."""
        return item_with_id(self.options, option_id, UnknownOptionError)

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {
            "id": self.id,
            "kind": self.kind,
            "options": [option.to_json() for option in self.options],
            "say": self.say,
            "key": self.key.value if self.key else None,
            "also": [decision.value for decision in self.also],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StepKey:
        """Read the JSON form."""
        return cls(
            id=data["id"],
            kind=data["kind"],
            options=tuple(OptionKey.from_json(option) for option in data["options"]),
            say=data["say"],
            key=Decision(data["key"]) if data["key"] else None,
            also=tuple(Decision(decision) for decision in data["also"]),
        )


@dataclass(frozen=True, slots=True)
class CaseKey:
    """The key of a case: its steps' keys, and the most that any path can earn."""

    id: str
    steps: tuple[StepKey, ...]
    best: Fraction

    def step_by_id(self, step_id: str) -> StepKey:
        """Return the key of a step by id; raises UnknownStepError if there is none."""
        return item_with_id(self.steps, step_id, UnknownStepError)

    def to_json(self) -> Json:
        """Return the JSON form; fractions are text."""
        return {
            "id": self.id,
            "steps": [step.to_json() for step in self.steps],
            "best": format_fraction(self.best),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CaseKey:
        """Read the JSON form."""
        return cls(
            id=data["id"],
            steps=tuple(StepKey.from_json(step) for step in data["steps"]),
            best=Fraction(data["best"]),
        )
