"""The guide for authors says what the code does: every key, every rule, and its examples work."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from cpd.authoring.checks.faults.all_rules import RULES
from cpd.authoring.checks.lint.all_rules import KIND_WARNINGS, WARNINGS
from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.course import CourseFile
from cpd.authoring.files.exam import ExamFile
from cpd.authoring.files.figure import FigureFile
from cpd.authoring.files.glossary import GlossaryFile
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.files.ledger import LedgerEntryFile, LedgerFile
from cpd.authoring.files.reference import ReferenceFile
from cpd.authoring.files.section import SectionFile
from cpd.authoring.files.sign_list import SignListFile
from cpd.authoring.files.tool import ToolFile
from cpd.content import frontmatter
from cpd.content.boxes import BOXES
from cpd.content.file_schema import FileModel
from cpd.content.frontmatter import FrontMatter
from tests.support.courses import CourseFolder

GUIDE = (Path(__file__).parents[2] / "docs" / "users" / "writing-a-course.md").read_text(
    encoding="utf-8"
)
HEADINGS: dict[str, type[FileModel]] = {
    "course.md": CourseFile,
    "exam.md": ExamFile,
    "sections/NN-id.md": SectionFile,
    "cases/id.md": CaseFile,
    "hazards/id.md": HazardFile,
    "lists/id.md": SignListFile,
    "tools/id.md": ToolFile,
    "figures/id.md and figures/id.svg": FigureFile,
    "references/id.md": ReferenceFile,
    "glossary.md": GlossaryFile,
    "ledger.yaml": LedgerEntryFile,
}


def chapter(heading: str) -> str:
    _, found, rest = GUIDE.partition(f"\n## {heading}\n")
    assert found, heading
    return rest.partition("\n## ")[0]


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
    for argument in getattr(annotation, "__args__", ()):
        yield from models_in(argument)


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_key_is_explained(heading: str) -> None:
    text = chapter(heading)
    keys = {
        field.alias or name
        for model in models_in(HEADINGS[heading])
        for name, field in model.model_fields.items()
    }
    missing = {key for key in keys if not re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", text)}
    assert missing == set()


@pytest.mark.parametrize(
    ("name", "rules"), [("faults", RULES), ("warnings", (*WARNINGS, *KIND_WARNINGS))]
)
def test_every_rule_stands_in_its_table(name: str, rules: tuple[Callable[..., Any], ...]) -> None:
    rows = "".join(
        f"| {rule.__name__.replace('_', ' ')} | {(rule.__doc__ or '').splitlines()[0]} |\n"
        for rule in rules
    )
    expected = (
        f"<!-- table: {name} -->\n\n| rule | says |\n|---|---|\n{rows}\n<!-- end of table -->"
    )
    assert expected in GUIDE


def test_every_box_is_listed() -> None:
    assert all(f"| `{box}` |" in GUIDE for box in BOXES)


@pytest.mark.parametrize("heading", ["course.md", "exam.md", "cases/id.md", "glossary.md"])
def test_the_example_of_a_file_is_accepted(heading: str) -> None:
    example = chapter(heading).partition("```yaml\n")[2].partition("```")[0]
    source = frontmatter.parse_front_matter("example.md", example)
    assert isinstance(source, FrontMatter), source
    HEADINGS[heading].model_validate(source.data)


def test_the_key_of_the_example_of_a_case_is_sound(tmp_path: Path) -> None:
    """Apart from what the example leaves out: its neighbors in the folder, and its reasons."""
    example = chapter("cases/id.md").partition("```yaml\n")[2].partition("```")[0]
    small = CourseFolder(tmp_path)
    small.write("cases/mina-fever-numbness.md", example.replace("brand-2022", "ortiz-2021"))
    found = [
        message
        for file, _, message in small.faults()
        if file == "cases/mina-fever-numbness.md" and "There is no" not in message
    ]
    assert found == []


def test_the_example_of_a_ledger_is_accepted() -> None:
    example = chapter("ledger.yaml").partition("```yaml\n")[2].partition("```")[0]
    source = frontmatter.parse_yaml("ledger.yaml", example.replace("5b1f...", "5b1f" * 16))
    assert isinstance(source, FrontMatter), source
    assert len(LedgerFile.model_validate(source.data).entries) == 2
