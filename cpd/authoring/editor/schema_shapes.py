"""What the schema of a course file says of its values: their types, and the keys below them."""

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cpd.content.frontmatter import Path, Value

_EARLY = ("id", "text", "correct", "danger", "danger_if_missed", "marks")


class Shape(NamedTuple):
    """What an annotation is about, what is said of it, and whether it may be null."""

    annotation: Any
    metadata: Sequence[Any]
    is_nullable: bool


def unwrap_annotation(annotation: Any, *metadata: Any) -> Shape:
    """Return what an annotation is about, without what only describes or allows null."""
    is_nullable = False
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *said = get_args(annotation)
            metadata = (*metadata, *said)
        elif get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation):
            (annotation,) = (one for one in get_args(annotation) if one is not type(None))
            is_nullable = True
        else:
            return Shape(annotation, metadata, is_nullable)


def is_of_type(shape: Shape, alias: Any) -> bool:
    """Tell whether a type is, or narrows, one of the short types of the schemas."""
    return get_args(alias)[1] in shape.metadata


def keys_of_schema(schema: Any, path: Path) -> list[str]:
    """Return the keys that a schema allows at a path, in its order."""
    annotation = unwrap_annotation(schema).annotation
    if not path:
        models = find_models_in(annotation)
        return [info.alias or name for model in models for name, info in list_fields_of(model)]
    inner: list[str] = []
    for below in _find_annotations_below(annotation, path[0]):
        inner.extend(key for key in keys_of_schema(below, path[1:]) if key not in inner)
    return inner


def list_fields_of(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """Return the keys of a model; what an option says comes before the reason for it."""
    return sorted(model.model_fields.items(), key=lambda item: item[0] not in _EARLY)


def is_fixed(annotation: Any) -> bool:
    """Tell whether a value has one possible answer, which is not asked."""
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


def find_models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the models that an annotation names, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in find_models_in(argument)]


def read_kind_of_model(model: type[BaseModel]) -> str:
    """Return the kind of answer that a model is for; empty if it names none."""
    kind = model.model_fields.get("kind")
    return str(get_args(kind.annotation)[0]) if kind and get_args(kind.annotation) else ""


def find_model_of_kind(annotation: Any, data: Value) -> type[BaseModel]:
    """Return the model for the kind that the data names, or else the first."""
    models = find_models_in(annotation)
    kind = data.get("kind") if isinstance(data, dict) else None
    return next((model for model in models if read_kind_of_model(model) == kind), models[0])


def _find_annotations_below(annotation: Any, part: str | int) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if part == (info.alias or name):
                yield info.annotation
    elif get_origin(annotation) in (list, dict, Sequence):
        yield get_args(annotation)[-1]
    else:
        for argument in get_args(annotation):
            yield from _find_annotations_below(argument, part)
