"""A stored front is read only through its typed reader."""

import re

import pytest

from tests.support.house import CPD

READERS = (CPD / "courses" / "rules" / "fronts", CPD / "cases" / "model.py")
IN_SQL = CPD / "courses" / "models.py"
"""A few methods of `Revision` are the only places where SQL looks into a front."""
# front["x"], fronts[a]["x"], front.get("x"); and in a template, where the front has no reader,
# revision.front.language
LOOKS_INTO_A_FRONT = re.compile(
    r"""\bfront(?:s\[\w+\])?\s*(?:\[\s*["']|\.get\()|revision\.front\.\w"""
)


def _look_into_fronts(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if LOOKS_INTO_A_FRONT.search(line)]


def test_only_the_readers_look_into_a_front() -> None:
    found = {
        str(path.relative_to(CPD)): lines
        for path in sorted((*CPD.rglob("*.py"), *CPD.rglob("*.html"), *CPD.rglob("*.txt")))
        if path != IN_SQL
        and not any(path == reader or reader in path.parents for reader in READERS)
        if (lines := _look_into_fronts(path.read_text()))
    }
    assert found == {}


def test_sql_looks_into_a_front_in_one_place() -> None:
    lines = _look_into_fronts(IN_SQL.read_text())
    assert [re.findall(r"cls\.front\[\W(\w+)", line) for line in lines] == [
        ["language"],
        ["expires"],
        ["body_with_lists"],
        ["hazards"],
        ["section"],
        ["pool"],
    ]


@pytest.mark.parametrize(
    "line",
    [
        'language = revision.front["language"]',
        "reviewed = outline.course.front.get('reviewed')",
        'select(Revision.front["objectives"])',
        'fronts[case]["steps"]',
        '<li lang="{{ enrolment.course_revision.front.language }}">',
    ],
)
def test_control_a_look_into_a_front_is_found(line: str) -> None:
    assert _look_into_fronts(line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "front = CourseFront.from_json(revision.front)",
        "<p>{{ card.front.rule }}</p>",
        "drawn.front.step(body.step)",
    ],
)
def test_control_a_typed_front_is_free_to_use(line: str) -> None:
    assert _look_into_fronts(line) == []
