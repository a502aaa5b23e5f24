"""What the schemas of all course files share: a strict model, and types for short texts."""

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, JsonValue
from pydantic_core import PydanticCustomError

from cpd.kernel import characters

MAX_TITLE = 200
MAX_SLUG = 80
MAX_PASSAGE = 160
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PASSAGE = re.compile(r"section:[a-z0-9-]+#[a-z0-9-]+")


class FileModel(BaseModel):
    """The keys of a file, or of a part of one; any other key is a fault."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


ADDED_LATER: dict[str, JsonValue] = {"added_later": True}
"""Marks a field that was added to a published schema: `Field(default=..., json_schema_extra=...)`.

While it has its default it stays out of the content hash, so texts signed earlier keep their hash.
"""
SCHEMA_ERROR = "schema_error"
"""The type of errors that carry their own message and remedy."""


def build_content_to_hash(file: BaseModel) -> dict[str, Any]:
    """Return the values of a file by key, leaving out added fields that have their default."""
    found: dict[str, Any] = _drop_added_defaults(file, file.model_dump(mode="json", by_alias=True))
    return found


def _drop_added_defaults(value: Any, dumped: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            name: _drop_added_defaults(getattr(value, field), dumped[name])
            for field, info in fields.items()
            for name in (info.alias or field,)
            if not (
                info.json_schema_extra == ADDED_LATER
                and getattr(value, field) == info.get_default(call_default_factory=True)
            )
        }
    if isinstance(value, list):
        return [_drop_added_defaults(*pair) for pair in zip(value, dumped, strict=True)]
    if isinstance(value, dict):
        pairs = zip(value.values(), dumped.items(), strict=True)
        return {name: _drop_added_defaults(inner, shown) for inner, (name, shown) in pairs}
    return dumped


def build_schema_error(message: str, remedy: str) -> PydanticCustomError:
    """Return an error for a validator to raise; the author reads both texts."""
    return PydanticCustomError(SCHEMA_ERROR, "{message}", {"message": message, "remedy": remedy})


def _validate_slug(value: str) -> str:
    if not _SLUG.fullmatch(value) or len(value) > MAX_SLUG:
        raise build_schema_error(
            f"'{value}' is not an id.",
            f"Use lowercase letters, digits and single hyphens, at most {MAX_SLUG} characters.",
        )
    return value


def _validate_line(value: str) -> str:
    if not characters.has_visible_text(value) or "\n" in value.strip():
        raise build_schema_error("This must be one line of text.", "Write one line.")
    return value.strip()


def _validate_title(value: str) -> str:
    if len(_validate_line(value)) > MAX_TITLE:
        raise build_schema_error("The title is too long.", f"Use at most {MAX_TITLE} characters.")
    return value.strip()


def _validate_markdown(value: str) -> str:
    if not characters.has_visible_text(value):
        raise build_schema_error("The text is empty.", "Write it, or remove the key.")
    return value


def _validate_passage(value: str) -> str:
    if not _PASSAGE.fullmatch(value) or len(value) > MAX_PASSAGE:
        raise build_schema_error(
            f"'{value}' does not name a passage.", "Write it as section:<id>#<heading anchor>."
        )
    return value


def _parse_fraction(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}(?:/[1-9][0-9]{0,2})?", value):
        return Fraction(value)
    raise build_schema_error(f"'{value}' is not a fraction.", "Write it as 3/4 or 1.")


def _refuse_repeated_slugs(values: list[str]) -> list[str]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise build_schema_error(f"'{twice[0]}' is listed twice.", "Keep one of the two.")
    return values


Slug = Annotated[str, AfterValidator(_validate_slug)]
Line = Annotated[str, AfterValidator(_validate_line)]
Title = Annotated[str, AfterValidator(_validate_title)]
Markdown = Annotated[str, AfterValidator(_validate_markdown)]
Passage = Annotated[str, AfterValidator(_validate_passage)]
Share = Annotated[Fraction, BeforeValidator(_parse_fraction)]
Slugs = Annotated[list[Slug], AfterValidator(_refuse_repeated_slugs)]
