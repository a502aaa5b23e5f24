"""How errors of a schema are said: the closest known key, and an example of a kind."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from cpd.content import frontmatter
from cpd.content.file_schema import FileModel
from cpd.content.frontmatter import FrontMatter
from cpd.content.schema_faults import build_schema_faults


class Circle(FileModel):
    kind: Literal["circle"]
    radius: int


class Square(FileModel):
    kind: Literal["square"]
    width: int


class Drawing(FileModel):
    shapes: list[Annotated[Circle | Square, Field(discriminator="kind")]]


def fault(text: str) -> tuple[str, str]:
    source = frontmatter.parse_front_matter("drawing.md", f"---\n{text}---\n")
    assert isinstance(source, FrontMatter)
    with pytest.raises(ValidationError) as refused:
        Drawing.model_validate(source.data)
    (only,) = build_schema_faults(refused.value, Drawing, source)
    return only.message, only.remedy


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("shapes:\n  - radius: 1\n", "'kind' is missing.", "Add 'kind: circle', or another kind."),
        (
            "shapes:\n  - {kind: star, radius: 1}\n",
            "The kind 'star' is unknown.",
            "Use one of: 'circle', 'square'.",
        ),
        (
            "shapes:\n  - {kind: square, width: 1, witdh: 2}\n",
            "'witdh' is not a known key here.",
            "Did you mean 'width'?",
        ),
        ("shapes:\n  - {kind: circle}\n", "'radius' is missing.", "Add a line 'radius: ...'."),
    ],
)
def test_an_error_becomes_a_fault_with_a_remedy(text: str, message: str, remedy: str) -> None:
    assert fault(text) == (message, remedy)
