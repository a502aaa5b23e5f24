"""The parts of a case: the front, which a learner may see, and the key, which is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object."""

Answer: TypeAlias = Mapping[str, Any]
"""What a learner chose, in the form of its kind: `{"choice": id}` or `{"choices": [id, ...]}`.

Blank is None or `{}`.
"""


ANY_OPTION = "*"
"""In routes: whichever option was chosen."""


class Scale(StrEnum):
    """Text values ordered as they are listed, not alphabetically."""

    @property
    def rank(self) -> int:
        """Return the position on the scale, from 0."""
        return tuple(type(self)).index(self)

    def __lt__(self, other: str) -> bool:
        """Compare by position on the scale."""
        return self.rank < self._same_scale(other).rank

    def __le__(self, other: str) -> bool:
        """Compare by position on the scale."""
        return self.rank <= self._same_scale(other).rank

    def __gt__(self, other: str) -> bool:
        """Compare by position on the scale."""
        return self.rank > self._same_scale(other).rank

    def __ge__(self, other: str) -> bool:
        """Compare by position on the scale."""
        return self.rank >= self._same_scale(other).rank

    def _same_scale(self, other: str) -> Scale:
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
    def treats(self) -> bool:
        """Return whether the client is massaged today."""
        return self in {Decision.PROCEED, Decision.MODIFY}


class Danger(Scale):
    """What an option would do to the client, from the mildest to the worst."""

    SAFE = "safe"
    OVERCAUTIOUS = "overcautious"
    SUBOPTIMAL = "suboptimal"
    UNSAFE = "unsafe"
    CRITICAL = "critical"

    @property
    def could_harm(self) -> bool:
        """Return whether the client could come to harm: unsafe or critical."""
        return self in {Danger.UNSAFE, Danger.CRITICAL}


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


class UnknownStepError(LookupError):
    """A case has no step with this id."""


class UnknownOptionError(LookupError):
    """A step has no option with this id."""


# The front: what a learner may see before answering, and where answers lead.


@dataclass(frozen=True, slots=True)
class OptionFront:
    """One option as the learner reads it."""

    id: str
    text: str
    fixed: bool = False
    """Whether it keeps its place when the others are shuffled, such as "None of these"."""

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {"id": self.id, "text": self.text, "fixed": self.fixed}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> OptionFront:
        """Read the JSON form."""
        return cls(id=data["id"], text=data["text"], fixed=data.get("fixed", False))


@dataclass(frozen=True, slots=True)
class StepFront:
    """One step as the learner reads it, and its routes, which stay on the server."""

    id: str
    prompt: str
    kind: str
    options: tuple[OptionFront, ...]
    when: str = ""
    vignette_html: str = ""
    routes: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    """Option id, or ANY_OPTION, to the next step; None or no entry ends the case. Never sent."""

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Return the option ids as the author ordered them."""
        return tuple(option.id for option in self.options)

    def option(self, option_id: str) -> OptionFront:
        """Return an option by id; raises UnknownOptionError if there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise UnknownOptionError(option_id)

    def to_json(self) -> Json:
        """Return the JSON form, including the routes."""
        return {**self.shown_json(), "routes": dict(sorted(self.routes.items()))}

    def shown_json(self) -> Json:
        """Return what may leave the server before the answer: everything except the routes."""
        return {
            "id": self.id,
            "when": self.when,
            "facts_html": self.vignette_html,
            "prompt": self.prompt,
            "kind": self.kind,
            "options": [option.to_json() for option in self.options],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StepFront:
        """Read the JSON form."""
        return cls(
            id=data["id"],
            prompt=data["prompt"],
            kind=data["kind"],
            options=tuple(OptionFront.from_json(option) for option in data["options"]),
            when=data["when"],
            vignette_html=data["facts_html"],
            routes=dict(data["routes"]),
        )


@dataclass(frozen=True, slots=True)
class CaseFront:
    """A case without its key."""

    id: str
    title: str
    stem_html: str
    steps: tuple[StepFront, ...]
    objectives: tuple[str, ...]
    hazards: tuple[str, ...]
    family: str
    difficulty: Difficulty
    pool: Pool
    red_flag: bool
    section: str
    passage: str
    """The passage to read again: `section:slug#anchor`."""
    open: bool = False
    """Whether anybody may answer it, even without signing in."""
    position: int | None = None
    """Order among the practice cases of its section."""
    minutes: int | None = None

    @property
    def first(self) -> StepFront:
        """Return the first step, which every learner sees."""
        return self.steps[0]

    def step(self, step_id: str) -> StepFront:
        """Return a step by id; raises UnknownStepError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise UnknownStepError(step_id)

    def to_json(self) -> Json:
        """Return the JSON form."""
        return {
            "id": self.id,
            "title": self.title,
            "stem_html": self.stem_html,
            "steps": [step.to_json() for step in self.steps],
            "objectives": list(self.objectives),
            "hazards": list(self.hazards),
            "family": self.family,
            "difficulty": self.difficulty.value,
            "pool": self.pool.value,
            "red_flag": self.red_flag,
            "section": self.section,
            "passage": self.passage,
            "open": self.open,
            "position": self.position,
            "minutes": self.minutes,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CaseFront:
        """Read the JSON form."""
        return cls(
            id=data["id"],
            title=data["title"],
            stem_html=data["stem_html"],
            steps=tuple(StepFront.from_json(step) for step in data["steps"]),
            objectives=tuple(data["objectives"]),
            hazards=tuple(data["hazards"]),
            family=data["family"],
            difficulty=Difficulty(data["difficulty"]),
            pool=Pool(data["pool"]),
            red_flag=data["red_flag"],
            section=data["section"],
            passage=data["passage"],
            open=data["open"],
            position=data["position"],
            minutes=data["minutes"],
        )


# The key: what each option is worth and why. It stays on the server until it is released.


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
            "marks": fraction_text(self.marks),
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
    def correct_ids(self) -> tuple[str, ...]:
        """Return the ids of the options that earn full marks."""
        return tuple(option.id for option in self.options if option.correct)

    def option(self, option_id: str) -> OptionKey:
        """Return an option by id; raises UnknownOptionError if there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise UnknownOptionError(option_id)

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

    def step(self, step_id: str) -> StepKey:
        """Return the key of a step by id; raises UnknownStepError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise UnknownStepError(step_id)

    def to_json(self) -> Json:
        """Return the JSON form; fractions are text."""
        return {
            "id": self.id,
            "steps": [step.to_json() for step in self.steps],
            "best": fraction_text(self.best),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CaseKey:
        """Read the JSON form."""
        return cls(
            id=data["id"],
            steps=tuple(StepKey.from_json(step) for step in data["steps"]),
            best=Fraction(data["best"]),
        )


def fraction_text(value: Fraction) -> str:
    """Return "numerator/denominator", even for whole numbers, so that equal values look alike."""
    return f"{value.numerator}/{value.denominator}"
