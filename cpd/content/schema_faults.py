"""What a schema finds wrong with a course file, as faults with their line and a remedy."""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cpd.content.file_schema import SCHEMA_ERROR
from cpd.content.frontmatter import Fault, FrontMatter, Path

_QUOTED = re.compile(r"'([^']*)'")
_CURLY_QUOTED = re.compile(r"[“”„].*[“”]")
_MAPPING_KEY = "[key]"
"""How pydantic names the key of a mapping, as opposed to its value."""
_FORMS = {
    "string_type": "text (put it in quotation marks)",
    "int_type": "a whole number without quotation marks",
    "bool_type": "true or false, without quotation marks",
    "date_type": "a date such as 2026-11-30, without quotation marks",
    "list_type": "a list, such as [a, b]",
    "dict_type": "lines of 'key: value'",
    "model_type": "lines of 'key: value'",
    "model_attributes_type": "lines of 'key: value'",
}
"""What an author should write instead, by the type of the error."""


def build_schema_faults(
    error: ValidationError, model: type[BaseModel], front: FrontMatter
) -> list[Fault]:
    """Return each error of a schema as a fault with its line."""
    return [_build_fault(details, model, front) for details in error.errors(include_url=False)]


def _build_fault(details: ErrorDetails, model: type[BaseModel], front: FrontMatter) -> Fault:
    places = front.places
    path: Path = details["loc"]
    if path[-1:] == (_MAPPING_KEY,):
        return _build_unknown_key_fault(details, path[:-1], front)
    key = path[-1] if path else "the file"
    message, remedy = _build_message_and_remedy(details, key, model)
    if details["type"] == SCHEMA_ERROR and path in places.by_path and path:
        message = f"'{key}': {message}" if isinstance(key, str) else message
    if details["type"] in _FORMS and _may_be_null(model, path):
        remedy = f"{remedy[:-1]}, or null."
    if _CURLY_QUOTED.fullmatch(str(details["input"])):
        remedy = "Remove the curly quotation marks: they count as part of the value."
    if details["type"] == "extra_forbidden":
        known = sorted(_collect_keys_at(model, path[:-1]))
        remedy = (
            _suggest_closest(key, known) or f"Remove it. The known keys are: {', '.join(known)}."
        )
    return Fault(places.file, places.locate_line(path), message, remedy)


def _build_unknown_key_fault(details: ErrorDetails, path: Path, front: FrontMatter) -> Fault:
    """Return the fault of a mapping with a key that is not among those it may have."""
    known: str = details.get("ctx", {})["expected"]
    remedy = _suggest_closest(path[-1], _QUOTED.findall(known)) or f"Use one of: {known}."
    message = f"'{path[-1]}' is not a known key here."
    return Fault(front.places.file, front.places.locate_line(path), message, remedy)


def _suggest_closest(key: str | int, known: Iterable[str]) -> str:
    """Suggest the known key that is spelled most like this one; empty when none is close."""
    close = difflib.get_close_matches(str(key), known, n=1)
    return f"Did you mean '{close[0]}'?" if close else ""


def _build_message_and_remedy(
    details: ErrorDetails, key: str | int, model: type[BaseModel]
) -> tuple[str, str]:
    """Return the message and the remedy for one error."""
    name = f"'{key}'" if isinstance(key, str) else f"Entry {key + 1}"
    context: dict[str, Any] = details.get("ctx", {})
    error = details["type"]
    if error == SCHEMA_ERROR:
        return context["message"], context["remedy"]
    if error in _FORMS:
        return f"{name} has the wrong form.", f"Write {_FORMS[error]}."
    if error == "union_tag_not_found":
        kind = _find_first_kind(model, details["loc"])
        return "'kind' is missing.", f"Add 'kind: {kind}', or another kind."
    words = {
        "missing": (f"{name} is missing.", f"Add a line '{key}: ...'."),
        "extra_forbidden": (f"{name} is not a known key here.", ""),
        "literal_error": (
            f"{name} is '{details['input']}'.",
            f"Use one of: {context.get('expected')}.",
        ),
        "union_tag_invalid": (
            f"The kind '{context.get('tag')}' is unknown.",
            f"Use one of: {context.get('expected_tags')}.",
        ),
    }
    return words.get(error, (f"{name}: {details['msg']}.", "Correct the value."))


def _may_be_null(model: type[BaseModel], path: Path) -> bool:
    """Return whether a schema allows null at a place."""
    return any(
        type(None) in get_args(annotation) for annotation in _collect_annotations_at(model, path)
    )


def _find_first_kind(model: type[BaseModel], path: Path) -> str:
    """Return the first kind that is allowed at a place, as an example."""
    allowed = _collect_annotations_at(model, path)
    first = next(found for annotation in allowed for found in _collect_models(annotation))
    kind: str = get_args(first.model_fields["kind"].annotation)[0]
    return kind


def _collect_annotations_at(model: type[BaseModel], path: Path) -> list[Any]:
    """Return what a schema allows at a place."""
    allowed: list[Any] = [model]
    for part in path:
        allowed = [
            inner
            for annotation in allowed
            for inner in _collect_annotations_below(annotation, part)
        ]
    return allowed


def _collect_keys_at(annotation: Any, path: Path) -> set[str]:
    """Return the keys that a schema allows at a place, by walking its annotations."""
    models = list(_collect_models(annotation))
    if not path:
        return {
            field.alias or name for model in models for name, field in model.model_fields.items()
        }
    inner: set[str] = set()
    for part in _collect_annotations_below(annotation, path[0]):
        inner |= _collect_keys_at(part, path[1:])
    return inner


def _collect_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for argument in get_args(annotation):
            yield from _collect_models(argument)


def _collect_annotations_below(annotation: Any, part: str | int) -> Iterator[Any]:
    """Yield what a schema allows below one key, at one position or for one kind."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if part in (name, field.alias):
                yield field.annotation
    elif get_origin(annotation) in (list, dict):
        yield get_args(annotation)[-1]
    else:
        for argument in get_args(annotation):
            kind = getattr(argument, "model_fields", {}).get("kind")
            if kind is not None and part in get_args(kind.annotation):
                yield argument
            elif kind is None:
                yield from _collect_annotations_below(argument, part)
