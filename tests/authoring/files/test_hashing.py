"""Fields that are added to a schema leave the hash of a text while they are at their default."""

from dataclasses import replace

import pytest
from pydantic import Field

from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.tool import ToolFile
from cpd.content.file_schema import ADDED_LATER, FileModel, build_content_to_hash
from tests.factories import courses


class WithSize(ToolFile):
    """A tool of a later release, which may say the size of its paper."""

    size: str = Field(default="A4", json_schema_extra=ADDED_LATER)
    colours: list[str] = Field(default_factory=list, json_schema_extra=ADDED_LATER)


class Careless(ToolFile):
    """The same by somebody who forgot the mark: the control."""

    size: str = "A4"


@pytest.fixture
def sheet() -> CoursePart[ToolFile]:
    """A sheet as it is published today."""
    return courses.bundle().tools[0]


def as_file(
    sheet: CoursePart[ToolFile], schema: type[ToolFile], **more: object
) -> CoursePart[ToolFile]:
    """Return the same sheet, read with another schema."""
    file = schema.model_validate({**sheet.file.model_dump(), **more})
    return replace(sheet, file=file)


def test_a_field_added_later_leaves_the_hash_at_its_default(sheet: CoursePart[ToolFile]) -> None:
    assert as_file(sheet, WithSize).content_hash == sheet.content_hash
    assert as_file(sheet, WithSize, size="A4").content_hash == sheet.content_hash


def test_another_value_of_it_changes_the_hash(sheet: CoursePart[ToolFile]) -> None:
    for more in ({"size": "A5"}, {"colours": ["red"]}):
        assert as_file(sheet, WithSize, **more).content_hash != sheet.content_hash


def test_control_a_field_without_the_mark_changes_every_hash(sheet: CoursePart[ToolFile]) -> None:
    assert as_file(sheet, Careless).content_hash != sheet.content_hash


def test_it_holds_inside_lists_and_mappings_too() -> None:
    class Inner(FileModel):
        name: str
        later: bool = Field(default=False, json_schema_extra=ADDED_LATER)

    class Outer(FileModel):
        listed: list[Inner]
        mapped: dict[str, Inner] = Field(alias="map")

    plain, changed = Inner(name="a"), Inner(name="b", later=True)
    assert build_content_to_hash(
        Outer(listed=[plain, changed], map={"x": plain, "y": changed})
    ) == {
        "listed": [{"name": "a"}, {"name": "b", "later": True}],
        "map": {"x": {"name": "a"}, "y": {"name": "b", "later": True}},
    }
