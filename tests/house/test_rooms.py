"""The layout of the rooms: what an import contract cannot express."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.house import CPD, ROOT, imports, name_of

OPENERS = re.compile(r"""{%-?\s*(?:extends|include|import|from)\s+["']([\w-]+)/([\w-]+\.html)?""")
FOLDERS_OF_TESTS_ALONE = {"factories", "house", "journeys", "support"}


def is_docstring_alone(source: str) -> bool:
    body = ast.parse(source).body
    return len(body) == 1 and ast.get_docstring(ast.parse(source)) is not None


def test_packages_hold_a_docstring_and_nothing_else() -> None:
    # Importing a rule must not start Flask, and a blueprint must not hide its package.
    full = [
        name_of(path)
        for path in CPD.rglob("__init__.py")
        if not is_docstring_alone(path.read_text())
    ]
    assert full == []


def test_what_a_docstring_alone_is() -> None:
    assert is_docstring_alone('"""A room."""\n')
    assert not is_docstring_alone('"""A room."""\n\nfrom flask import Flask\n')
    assert not is_docstring_alone("x = 1\n")
    assert not is_docstring_alone("")


def intrusions(room: str, source: str) -> Iterator[str]:
    """Yield the imports by which a file of one room reaches into the private part of another."""
    for module in imports(source):
        parts = module.split(".")
        if len(parts) < 3 or parts[0] != "cpd" or parts[1] in {room, "web"}:
            continue  # the shell is for every room
        is_private = any(part == "forms" or part.endswith("views") for part in parts[2:])
        is_table = room == "interop" and "models" in parts[2:]
        if is_private or is_table:
            yield module


def test_no_room_imports_anothers_views_or_forms_and_interop_touches_no_tables() -> None:
    found = {
        f"{name_of(path)}: {module}"
        for room in CPD.iterdir()
        if room.is_dir() and room.name != "cli"
        for path in room.rglob("*.py")
        for module in intrusions(room.name, path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize(
    ("room", "source", "is_found"),
    [
        ("courses", "from cpd.accounts.forms import SignInForm", True),
        ("courses", "from cpd.quizzes import exam_views", True),
        ("courses", "import cpd.accounts.views", True),
        ("interop", "from cpd.courses.models import Document", True),
        ("courses", "from cpd.courses.forms import CourseForm", False),
        ("courses", "from cpd.accounts.models import User", False),
        ("courses", "from cpd.web.forms import Form", False),
        ("interop", "from cpd.courses import actions", False),
    ],
)
def test_what_an_intrusion_is(room: str, source: str, *, is_found: bool) -> None:
    assert bool(list(intrusions(room, source))) is is_found


def test_no_room_borrows_anothers_templates() -> None:
    borrowed = [
        f"{name_of(path)}: {folder}"
        for path in CPD.rglob("*.html")
        for room in [path.relative_to(CPD).parts[0]]
        for folder, file in OPENERS.findall(path.read_text())
        if folder not in {"web", "cases", "kinds", room} and not (CPD / room / folder).is_dir()
        if file != "macros.html"  # how a room's objects are shown, also on other rooms' pages
    ]
    assert borrowed == []


def test_what_borrowing_is() -> None:
    assert OPENERS.findall('{%- from "accounts/macros.html" import x %}') == [
        ("accounts", "macros.html")
    ]
    assert OPENERS.findall("{% include 'web/base.html' %}") == [("web", "base.html")]
    assert OPENERS.findall("{% include 'kinds/' ~ kind %}") == [("kinds", "")]


RAW = re.compile(r"\brequest\.(?:get_json|json|get_data|data|stream|files)\b")
"""Flask's ways to read a body; none limits depth or numbers, or refuses repeated fields."""


def test_bodies_are_read_by_the_shell_alone() -> None:
    raw = [name_of(path) for path in CPD.rglob("*.py") if RAW.search(path.read_text())]
    assert raw == ["cpd/web/reading.py"]


def test_what_reading_a_body_is() -> None:
    assert RAW.search("body = request.get_json(silent=True)")
    assert RAW.search("request.json['a']")
    assert not RAW.search("request.form, request.is_json, request.json_module, wants_json()")


def test_tests_lie_where_their_code_lies() -> None:
    homeless = {
        name_of(path.parent)
        for path in (ROOT / "tests").rglob("test_*.py")
        for parts in [path.relative_to(ROOT / "tests").parent.parts]
        if parts and parts[0] not in FOLDERS_OF_TESTS_ALONE and not CPD.joinpath(*parts).is_dir()
    }
    assert homeless == set()
