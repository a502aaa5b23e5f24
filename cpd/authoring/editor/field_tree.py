"""The questions of a form for one course file: where each value stands, and how it is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any, ClassVar

from pydantic import BaseModel

from cpd.content.frontmatter import Path, Value

MISSING: Any = object()
"""The value of a key that a file does not have."""
BODY: Path = ()
YES, NO = "yes", "no"


class Control(StrEnum):
    """How a question is answered."""

    SHORT = "short"
    LINE = "line"
    MARKDOWN = "markdown"
    CHOICE = "choice"
    YES_NO = "yes-no"
    NUMBER = "number"
    DAY = "day"
    FRACTION = "fraction"
    ITEMS = "items"
    """A list, one item per line."""
    IDS = "ids"
    """A list of ids on one line."""
    PICKS = "picks"
    """A list of ids, each with a box to check."""


@dataclass(frozen=True)
class Question:
    """One value of the file: where it stands, how it is asked, and what the file says now."""

    path: Path
    control: Control
    value: Any
    default: Any = MISSING
    """What holds while the key is missing; MISSING if the key must be there."""
    is_nullable: bool = False
    choices: Sequence[str] = ()
    is_writable: bool = True
    """False where the file has a list or keys in the place of a text, which only its text shows."""

    is_question: ClassVar[bool] = True

    @property
    def key(self) -> str | int:
        """The last part of its path; the text below the keys is called `body`."""
        return self.path[-1] if self.path else "body"

    @property
    def name(self) -> str:
        """The name of its field on the page."""
        return "body" if self.path == BODY else name_of_path(self.path)

    @property
    def id(self) -> str:
        """The id of its field on the page."""
        return self.name.replace(".", "-")

    @property
    def is_required(self) -> bool:
        """Whether the file must answer it with something."""
        return self.default is MISSING and not self.is_nullable

    @property
    def may_be_blank(self) -> bool:
        """Whether no answer at all means something of its own."""
        return self.is_nullable or self.default is None

    @property
    def text(self) -> str:
        """The answer as its field shows it; while the key is missing, what holds then."""
        is_shown = isinstance(self.default, bool | str)
        value = self.default if self.value is MISSING and is_shown else self.value
        return "" if value is MISSING else format_answer(self.control, value)

    @property
    def picked(self) -> Sequence[str]:
        """The ids whose boxes are checked."""
        return [str(item) for item in self.value] if isinstance(self.value, list) else []


@dataclass(frozen=True)
class Group:
    """Questions that belong together: a file, a step, an option; or a list of such groups."""

    path: Path
    parts: Sequence["Question | Group"]
    kind: str = ""
    """The kind of answer, if this is a step."""
    position: int | None = None
    """Its place in its list, if it is an item of one."""
    is_last: bool = False
    models: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    """The schemas of what may be added to this list, by the kind of answer, or as `item`."""
    is_optional: bool = False

    is_question: ClassVar[bool] = False

    @property
    def key(self) -> str | int:
        """The last part of its path; empty for the whole file."""
        return self.path[-1] if self.path else ""

    @property
    def has_steps(self) -> bool:
        """Whether this is a case, whose steps come before all that is said about it."""
        return any(part.path == ("steps",) for part in self.parts)

    @property
    def id(self) -> str:
        """The id of the group on the page."""
        return "-".join(("g", *map(str, self.path)))

    @property
    def own_name(self) -> str:
        """The id that the file gives to this item, or the text that it begins with."""
        first = next((part for part in self.parts if isinstance(part, Question)), None)
        return first.text if first else ""

    @property
    def has_answers(self) -> bool:
        """Whether the file answers any question in it."""
        return any(question.value is not MISSING for question in self.iterate_questions())

    def __getitem__(self, key: str | int) -> "Question | Group":
        """Return the part for a key; raises LookupError if the schema has no such key."""
        for part in self.parts:
            if part.key == key:
                return part
        raise LookupError(key)

    def iterate_questions(self) -> Iterator[Question]:
        """Yield every question, those of the groups inside too."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.iterate_questions()
            else:
                yield part

    def iterate_groups(self) -> Iterator["Group"]:
        """Yield this group and every group inside."""
        yield self
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.iterate_groups()


@dataclass(frozen=True)
class KnownNames:
    """What other files of the course offer as answers, by key: ids with their titles."""

    by_key: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def names_for(self, key: str | int) -> Mapping[str, str]:
        """Return the ids that may answer a key; empty if any words may."""
        return self.by_key.get(str(key), {})


def name_of_path(path: Path) -> str:
    """Return the name of the field for a value, such as `f.steps.0.prompt`."""
    return ".".join(("f", *map(str, path)))


def parse_path(name: str) -> Path:
    """Return the path in a name of a field."""
    return tuple(int(part) if part.isdigit() else part for part in name.split("."))


def format_answer(control: Control, value: Value) -> str:
    """Return a value of a file as a field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        items = [join_lines(str(item)) for item in value]
        return "\n".join(items) if control is Control.ITEMS else ", ".join(items)
    text = str(value)
    return text.rstrip("\n") if control is Control.MARKDOWN else join_lines(text)


def join_lines(text: str) -> str:
    """Return a text as one line."""
    return " ".join(line.strip() for line in text.splitlines()).strip()


def build_new_item(group: Group, addition: str) -> Value:
    """Return what a new item of a list begins with: an id of its own, and its kind."""
    taken = {part.own_name for part in group.parts if isinstance(part, Group)}
    free = next(name for number in count(1) if (name := f"new-{number}") not in taken)
    fields = group.models[addition].model_fields
    made: dict[str, Value] = {"id": free} if "id" in fields else {}
    if "kind" in fields:
        made = {**made, "kind": addition}
    return made or {next(iter(fields)): ""}
