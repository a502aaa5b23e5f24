"""What all file schemas share: strict models, small text types, and errors said as faults."""

import difflib
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    JsonValue,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from cpd.content.frontmatter import Fault, FrontMatter, Path
from cpd.kernel import signs

MAX_TITLE = 200
MAX_SLUG = 80
MAX_PASSAGE = 160
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_QUOTED = re.compile(r"'([^']*)'")
_A_KEY = "[key]"
"""How the schema library names the key of a mapping, as opposed to its value."""
_PASSAGE = re.compile(r"section:[a-z0-9-]+#[a-z0-9-]+")


class FileModel(BaseModel):
    """Keys of a file or of a part of one; a key that is not listed is a fault."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


ADDED_LATER: dict[str, JsonValue] = {"added_later": True}
"""Marks a field that files of a published schema lack: `Field(default=..., json_schema_extra=...)`.

At its default it stays out of the content hash, so that what was signed before it keeps its hash.
"""


def hashed(file: BaseModel) -> dict[str, Any]:
    """Return what a file says, by its keys, without added fields that are at their default."""
    found: dict[str, Any] = _without_defaults(file, file.model_dump(mode="json", by_alias=True))
    return found


def _without_defaults(value: Any, dumped: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            name: _without_defaults(getattr(value, field), dumped[name])
            for field, info in fields.items()
            for name in (info.alias or field,)
            if not (
                info.json_schema_extra == ADDED_LATER
                and getattr(value, field) == info.get_default(call_default_factory=True)
            )
        }
    if isinstance(value, list):
        return [_without_defaults(*pair) for pair in zip(value, dumped, strict=True)]
    if isinstance(value, dict):
        pairs = zip(value.values(), dumped.items(), strict=True)
        return {name: _without_defaults(one, shown) for one, (name, shown) in pairs}
    return dumped


def said(message: str, remedy: str) -> PydanticCustomError:
    """Return an error for validators that already reads as a fault."""
    return PydanticCustomError("said", "{message}", {"message": message, "remedy": remedy})


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value) or len(value) > MAX_SLUG:
        raise said(
            f"'{value}' is no id.",
            f"Use small letters, digits and single hyphens, {MAX_SLUG} characters at most.",
        )
    return value


def _line(value: str) -> str:
    if not signs.shows(value) or "\n" in value.strip():
        raise said("This must be one line of text.", "Write one line.")
    return value.strip()


def _title(value: str) -> str:
    if len(_line(value)) > MAX_TITLE:
        raise said("The title is too long.", f"Use {MAX_TITLE} characters at most.")
    return value.strip()


def _markdown(value: str) -> str:
    if not signs.shows(value):
        raise said("The text is empty.", "Write it, or remove the key.")
    return value


def _passage(value: str) -> str:
    if not _PASSAGE.fullmatch(value) or len(value) > MAX_PASSAGE:
        raise said(f"'{value}' names no passage.", "Write it as section:<id>#<heading anchor>.")
    return value


def _fraction(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}(?:/[1-9][0-9]{0,2})?", value):
        return Fraction(value)
    raise said(f"'{value}' is no fraction.", "Write it as 3/4 or 1.")


def _unique(values: list[str]) -> list[str]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise said(f"'{twice[0]}' is listed twice.", "Keep one of the two.")
    return values


Slug = Annotated[str, AfterValidator(_slug)]
Line = Annotated[str, AfterValidator(_line)]
Title = Annotated[str, AfterValidator(_title)]
Markdown = Annotated[str, AfterValidator(_markdown)]
Passage = Annotated[str, AfterValidator(_passage)]
Share = Annotated[Fraction, BeforeValidator(_fraction)]
Slugs = Annotated[list[Slug], AfterValidator(_unique)]
Basis = Literal["evidence", "guideline", "expert-caution", "house-rule"]
DecisionWord = Literal["proceed", "modify", "postpone", "same_day", "emergency"]
Danger = Literal["safe", "overcautious", "suboptimal", "unsafe", "critical"]


def faults_of(error: ValidationError, model: type[BaseModel], front: FrontMatter) -> list[Fault]:
    """Say each error of a schema as a fault with its line."""
    return [_fault(details, model, front) for details in error.errors(include_url=False)]


def _fault(details: ErrorDetails, model: type[BaseModel], front: FrontMatter) -> Fault:
    places = front.places
    path: Path = details["loc"]
    if path[-1:] == (_A_KEY,):
        return _foreign_key(details, path[:-1], front)
    key = path[-1] if path else "the file"
    message, remedy = _words(details, key)
    if details["type"] == "said" and path in places.by_path and path:
        message = f"'{key}': {message}" if isinstance(key, str) else message
    if details["type"] == "extra_forbidden":
        known = sorted(_keys_at(model, path[:-1]))
        close = difflib.get_close_matches(str(key), known, n=1)
        remedy = (
            f"Did you mean '{close[0]}'?" if close else f"Remove it. Known are: {', '.join(known)}."
        )
    return Fault(places.file, places.line(path), message, remedy)


def _foreign_key(details: ErrorDetails, path: Path, front: FrontMatter) -> Fault:
    """Say that a mapping has a key which is none of those it may have."""
    known: str = details.get("ctx", {})["expected"]
    close = difflib.get_close_matches(str(path[-1]), _QUOTED.findall(known), n=1)
    remedy = f"Did you mean '{close[0]}'?" if close else f"Use one of: {known}."
    message = f"'{path[-1]}' is not a known key here."
    return Fault(front.places.file, front.places.line(path), message, remedy)


_FORMS = {
    "string_type": "text (put it in quotation marks)",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "date_type": "a day such as 2026-11-30",
    "list_type": "a list",
    "dict_type": "lines of 'key: value'",
    "model_type": "lines of 'key: value'",
    "model_attributes_type": "lines of 'key: value'",
}


def _words(details: ErrorDetails, key: str | int) -> tuple[str, str]:
    """Return message and remedy for one error of the schema library."""
    name = f"'{key}'" if isinstance(key, str) else f"Entry {key + 1}"
    context: dict[str, Any] = details.get("ctx", {})
    kind = details["type"]
    if kind == "said":
        return context["message"], context["remedy"]
    if kind in _FORMS:
        return f"{name} has the wrong form.", f"Write {_FORMS[kind]}."
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
        "union_tag_not_found": ("'kind' is missing.", "Add 'kind: decision', or another kind."),
    }
    return words.get(kind, (f"{name}: {details['msg']}.", "Put the value right."))


def _keys_at(annotation: Any, path: Path) -> set[str]:
    """Return the keys that a schema allows at a place, by walking its annotations."""
    models = list(_models(annotation))
    if not path:
        return {
            field.alias or name for model in models for name, field in model.model_fields.items()
        }
    inner: set[str] = set()
    for part_of in _inside(annotation, path[0]):
        inner |= _keys_at(part_of, path[1:])
    return inner


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for argument in get_args(annotation):
            yield from _models(argument)


def _inside(annotation: Any, part: str | int) -> Iterator[Any]:
    """Yield what can stand under one key, position or kind of a place."""
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
                yield from _inside(argument, part)
