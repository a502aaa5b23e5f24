"""Making the questions of a form from the schema of a course file and its text."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cpd.authoring.editor.field_tree import BODY, MISSING, Control, Group, KnownNames, Question
from cpd.authoring.editor.schema_shapes import (
    Shape,
    find_model_of_kind,
    find_models_in,
    is_fixed,
    is_of_type,
    list_fields_of,
    read_kind_of_model,
    unwrap_annotation,
)
from cpd.content.file_schema import Line, Markdown, Slug
from cpd.content.frontmatter import FrontMatter, Path, Value

_UNSHOWN_BODIES = ("reference", "list")
"""Files whose text below the keys stays empty."""
_OPTIONAL_BODIES = ("hazard", "glossary", *_UNSHOWN_BODIES)


_BY_TYPE: Mapping[Any, Control] = {
    bool: Control.YES_NO,
    int: Control.NUMBER,
    date: Control.DAY,
    Fraction: Control.FRACTION,
}
_CHOOSING = (Control.CHOICE, Control.PICKS)


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


class _Builder:
    """Walks a schema beside the data of a file."""

    def __init__(self, known: KnownNames) -> None:
        self.known = known

    def build_parts(
        self, model: type[BaseModel], path: Path, data: Value
    ) -> Iterator[Question | Group]:
        """Yield the part for each key of a model; what has one possible value is not asked."""
        for name, info in list_fields_of(model):
            key = info.alias or name
            value = data[key] if isinstance(data, dict) and key in data else MISSING
            if not is_fixed(info.annotation):
                yield self.build_part(info, (*path, key), value)

    def build_part(self, info: FieldInfo, path: Path, value: Any) -> Question | Group:
        """Return the part for one key."""
        shape = unwrap_annotation(info.annotation, *info.metadata)
        default = MISSING if info.is_required() else info.get_default(call_default_factory=True)
        return self.build_part_of_shape(shape, path, value, default)

    def build_part_of_shape(
        self, shape: Shape, path: Path, value: Any, default: Any
    ) -> Question | Group:
        """Return the part for a value of some shape."""
        annotation, is_optional = shape.annotation, default is not MISSING
        if get_origin(annotation) is dict:
            return self.build_mapping(annotation, path, value, is_optional=is_optional)
        if get_origin(annotation) in (list, Sequence) and find_models_in(annotation):
            return self.build_list(annotation, path, value, is_optional=is_optional)
        if find_models_in(annotation):
            model = find_model_of_kind(annotation, value)
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
        keys, inner = map(unwrap_annotation, get_args(annotation))
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
        item = unwrap_annotation(get_args(annotation)[0]).annotation
        models = [find_model_of_kind(item, data) for data in items]
        parts = (
            Group(
                (*path, position),
                tuple(self.build_parts(model, (*path, position), data)),
                kind=read_kind_of_model(model),
                position=position,
                is_last=position == len(items) - 1,
            )
            for position, (model, data) in enumerate(zip(models, items, strict=True))
        )
        offered = {read_kind_of_model(model) or "item": model for model in find_models_in(item)}
        return Group(path, tuple(parts), models=offered, is_optional=is_optional)


def _select_control(shape: Shape, known: Mapping[str, str]) -> Control:
    annotation = shape.annotation
    if get_origin(annotation) is Literal:
        return Control.CHOICE
    if annotation in _BY_TYPE:
        return _BY_TYPE[annotation]
    if get_origin(annotation) is list:
        has_ids = is_of_type(unwrap_annotation(get_args(annotation)[0]), Slug)
        return (Control.PICKS if known else Control.IDS) if has_ids else Control.ITEMS
    if is_of_type(shape, Markdown) or is_of_type(shape, Line):
        return Control.MARKDOWN if is_of_type(shape, Markdown) else Control.LINE
    return Control.CHOICE if known else Control.SHORT


def _fits(control: Control, value: Any) -> bool:
    """Tell whether a field can show a value."""
    if control in (Control.ITEMS, Control.IDS, Control.PICKS):
        return isinstance(value, list) and not any(isinstance(it, list | dict) for it in value)
    return not isinstance(value, list | dict)
