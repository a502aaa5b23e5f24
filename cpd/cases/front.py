"""The front of a case: what a learner may see before answering, and where answers lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar

from cpd.cases.scales import Difficulty, Pool
from cpd.kernel.canonical import Json

Answer: TypeAlias = Mapping[str, Any]
"""What a learner chose, in the form of its kind: `{"choice": id}` or `{"choices": [id, ...]}`.

Blank is None or `{}`.
"""


ANY_OPTION = "*"
"""In routes: whichever option was chosen."""


class UnknownStepError(LookupError):
    """A case has no step with this id."""


class UnknownOptionError(LookupError):
    """A step has no option with this id."""


class HasId(Protocol):
    """A step or an option, or its key."""

    @property
    def id(self) -> str:
        """Return its id."""


Item = TypeVar("Item", bound=HasId)


def item_with_id(items: Iterable[Item], item_id: str, unknown: type[LookupError]) -> Item:
    """Return the item with an id; raises `unknown` if there is none."""
    for item in items:
        if item.id == item_id:
            return item
    raise unknown(item_id)


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


def build_options_from_texts(texts: Mapping[str, str]) -> tuple[OptionFront, ...]:
    """Return options from their texts by id, in that order."""
    return tuple(OptionFront(id=option_id, text=text) for option_id, text in texts.items())


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

    def option_by_id(self, option_id: str) -> OptionFront:
        """Return an option by id; raises UnknownOptionError if there is none."""
        return item_with_id(self.options, option_id, UnknownOptionError)

    def to_json(self) -> Json:
        """Return the JSON form, including the routes."""
        return {**self.to_json_without_routes(), "routes": dict(sorted(self.routes.items()))}

    def to_json_without_routes(self) -> Json:
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
    def first_step(self) -> StepFront:
        """Return the first step, which every learner sees."""
        return self.steps[0]

    def step_by_id(self, step_id: str) -> StepFront:
        """Return a step by id; raises UnknownStepError if there is none."""
        return item_with_id(self.steps, step_id, UnknownStepError)

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
