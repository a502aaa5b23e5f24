"""The questions of a form for one course file, made from the schema of the file and its text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import count
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cpd.content.file_schema import Line, Markdown, Slug
from cpd.content.frontmatter import FrontMatter, Path, Value

MISSING: Any = object()
"""The value of a key that a file does not have."""
BODY: Path = ()
YES, NO = "yes", "no"
_UNSHOWN_BODIES = ("reference", "list")
"""Files whose text below the keys stays empty."""
_OPTIONAL_BODIES = ("hazard", "glossary", *_UNSHOWN_BODIES)


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


_BY_TYPE: Mapping[Any, Control] = {
    bool: Control.YES_NO,
    int: Control.NUMBER,
    date: Control.DAY,
    Fraction: Control.FRACTION,
}
_EARLY = ("id", "text", "correct", "danger", "danger_if_missed", "marks")
_CHOOSING = (Control.CHOICE, Control.PICKS)


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


def build_field_tree(
    type_: str, schema: type[BaseModel], front: FrontMatter, known: KnownNames
) -> Group:
    """Return the questions of a file, in the order of its schema."""
    parts = list(_Builder(known).build_parts(schema, (), front.data))
    default = "" if type_ in _OPTIONAL_BODIES else MISSING
    body = Question(BODY, Control.MARKDOWN, front.body, default)
    if type_ not in _UNSHOWN_BODIES or front.body.strip():
        parts.append(body)
    return Group((), parts)


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


def keys_of_schema(schema: Any, path: Path) -> list[str]:
    """Return the keys that a schema allows at a path, in its order."""
    annotation = _unwrap(schema).annotation
    if not path:
        models = _models_in(annotation)
        return [info.alias or name for model in models for name, info in _fields_of(model)]
    inner: list[str] = []
    for below in _annotations_below(annotation, path[0]):
        inner.extend(key for key in keys_of_schema(below, path[1:]) if key not in inner)
    return inner


def build_new_item(group: Group, addition: str) -> Value:
    """Return what a new item of a list begins with: an id of its own, and its kind."""
    taken = {part.own_name for part in group.parts if isinstance(part, Group)}
    free = next(name for number in count(1) if (name := f"new-{number}") not in taken)
    fields = group.models[addition].model_fields
    made: dict[str, Value] = {"id": free} if "id" in fields else {}
    if "kind" in fields:
        made = {**made, "kind": addition}
    return made or {next(iter(fields)): ""}


class _Builder:
    """Walks a schema beside the data of a file."""

    def __init__(self, known: KnownNames) -> None:
        self.known = known

    def build_parts(
        self, model: type[BaseModel], path: Path, data: Value
    ) -> Iterator[Question | Group]:
        """Yield the part for each key of a model; what has one possible value is not asked."""
        for name, info in _fields_of(model):
            key = info.alias or name
            value = data[key] if isinstance(data, dict) and key in data else MISSING
            if not _is_fixed(info.annotation):
                yield self.build_part(info, (*path, key), value)

    def build_part(self, info: FieldInfo, path: Path, value: Any) -> Question | Group:
        """Return the part for one key."""
        shape = _unwrap(info.annotation, *info.metadata)
        default = MISSING if info.is_required() else info.get_default(call_default_factory=True)
        return self.build_part_of_shape(shape, path, value, default)

    def build_part_of_shape(
        self, shape: "_Shape", path: Path, value: Any, default: Any
    ) -> Question | Group:
        """Return the part for a value of some shape."""
        annotation, is_optional = shape.annotation, default is not MISSING
        if get_origin(annotation) is dict:
            return self.build_mapping(annotation, path, value, is_optional=is_optional)
        if get_origin(annotation) in (list, Sequence) and _models_in(annotation):
            return self.build_list(annotation, path, value, is_optional=is_optional)
        if _models_in(annotation):
            model = _model_of_kind(annotation, value)
            return Group(path, tuple(self.build_parts(model, path, value)), is_optional=is_optional)
        known = self.known.names_for(path[-1])
        control = _select_control(shape, known)
        choices = get_args(annotation) if get_origin(annotation) is Literal else known
        return Question(
            path,
            control,
            value,
            default,
            is_nullable=shape.is_nullable,
            choices=tuple(map(str, choices)) if control in _CHOOSING else (),
            is_writable=value is MISSING or _fits(control, value),
        )

    def build_mapping(self, annotation: Any, path: Path, value: Any, *, is_optional: bool) -> Group:
        """Return a question for each key that a mapping has or may have."""
        keys, inner = map(_unwrap, get_args(annotation))
        present = value if isinstance(value, dict) else {}
        words = get_args(keys.annotation) if get_origin(keys.annotation) is Literal else ()
        names = dict.fromkeys([*words, *self.known.names_for(path[-1]), *present])
        parts = (
            self.build_part_of_shape(inner, (*path, name), present.get(name, MISSING), None)
            for name in names
        )
        return Group(path, tuple(parts), is_optional=is_optional)

    def build_list(self, annotation: Any, path: Path, value: Any, *, is_optional: bool) -> Group:
        """Return a group for each item of a list."""
        items = value if isinstance(value, list) else []
        item = _unwrap(get_args(annotation)[0]).annotation
        models = [_model_of_kind(item, data) for data in items]
        parts = (
            Group(
                (*path, position),
                tuple(self.build_parts(model, (*path, position), data)),
                kind=_kind_of_model(model),
                position=position,
                is_last=position == len(items) - 1,
            )
            for position, (model, data) in enumerate(zip(models, items, strict=True))
        )
        offered = {_kind_of_model(model) or "item": model for model in _models_in(item)}
        return Group(path, tuple(parts), models=offered, is_optional=is_optional)


class _Shape(NamedTuple):
    """What an annotation is about, what is said of it, and whether it may be null."""

    annotation: Any
    metadata: Sequence[Any]
    is_nullable: bool


def _unwrap(annotation: Any, *metadata: Any) -> _Shape:
    is_nullable = False
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *said = get_args(annotation)
            metadata = (*metadata, *said)
        elif get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation):
            (annotation,) = (one for one in get_args(annotation) if one is not type(None))
            is_nullable = True
        else:
            return _Shape(annotation, metadata, is_nullable)


def _select_control(shape: _Shape, known: Mapping[str, str]) -> Control:
    annotation = shape.annotation
    if get_origin(annotation) is Literal:
        return Control.CHOICE
    if annotation in _BY_TYPE:
        return _BY_TYPE[annotation]
    if get_origin(annotation) is list:
        has_ids = _says(_unwrap(get_args(annotation)[0]), Slug)
        return (Control.PICKS if known else Control.IDS) if has_ids else Control.ITEMS
    if _says(shape, Markdown) or _says(shape, Line):
        return Control.MARKDOWN if _says(shape, Markdown) else Control.LINE
    return Control.CHOICE if known else Control.SHORT


def _says(shape: _Shape, alias: Any) -> bool:
    """Tell whether a type is, or narrows, one of the short types of the schemas."""
    return get_args(alias)[1] in shape.metadata


def _fits(control: Control, value: Any) -> bool:
    """Tell whether a field can show a value."""
    if control in (Control.ITEMS, Control.IDS, Control.PICKS):
        return isinstance(value, list) and not any(isinstance(it, list | dict) for it in value)
    return not isinstance(value, list | dict)


def _fields_of(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """Return the keys of a model; what an option says comes before the reason for it."""
    return sorted(model.model_fields.items(), key=lambda item: item[0] not in _EARLY)


def _is_fixed(annotation: Any) -> bool:
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _kind_of_model(model: type[BaseModel]) -> str:
    kind = model.model_fields.get("kind")
    return str(get_args(kind.annotation)[0]) if kind and get_args(kind.annotation) else ""


def _model_of_kind(annotation: Any, data: Value) -> type[BaseModel]:
    """Return the model for the kind that the data names, or else the first."""
    models = _models_in(annotation)
    kind = data.get("kind") if isinstance(data, dict) else None
    return next((model for model in models if _kind_of_model(model) == kind), models[0])


def _annotations_below(annotation: Any, part: str | int) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if part == (info.alias or name):
                yield info.annotation
    elif get_origin(annotation) in (list, dict, Sequence):
        yield get_args(annotation)[-1]
    else:
        for argument in get_args(annotation):
            yield from _annotations_below(argument, part)
