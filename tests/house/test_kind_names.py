"""Nothing outside a kind's folder names the kind: code asks the kind for what it needs."""

import ast
import re
from collections.abc import Iterator

import pytest

from cpd.cases.kinds.registry import KINDS
from tests.support.house import CPD, imports, name_of

FOLDER = CPD / "cases" / "kinds"
IN_TEMPLATE = re.compile(r"{[{%].*?[%}]}", re.DOTALL)
DECISION_OF_A_CARD = {
    "cpd/courses/rules/fronts/parts.py": "a card that an older version published has one decision",
    "cpd/authoring/checks/output.py": "the heading of a column of decisions",
    "cpd/authoring/editor/labels.py": "what the signs of a list call for",
}
"""Files in which "decision" means one of the five decisions, not the kind."""


def names_in_code(source: str) -> Iterator[str]:
    """Yield the kinds that a source file imports, or names in a string."""
    for module in imports(source):
        found = re.match(r"cpd\.cases\.kinds\.(\w+)", module)
        if found and found.group(1) in KINDS:
            yield found.group(1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in KINDS:
            yield str(node.value)


def names_in_template(text: str) -> Iterator[str]:
    """Yield the kinds that a template names in its code."""
    for code in IN_TEMPLATE.findall(text):
        for quoted in re.findall(r"""["']([^"']*)["']""", code):
            yield from (name for name in KINDS if re.search(rf"(?:^|/){name}(?:/|$)", quoted))


def test_no_code_outside_its_folder_names_a_kind() -> None:
    found = {
        (name_of(path), kind)
        for path in CPD.rglob("*.py")
        if not path.is_relative_to(FOLDER)
        for kind in names_in_code(path.read_text())
    }
    cards = {(path, kind) for path, kind in found if path in DECISION_OF_A_CARD}
    assert found - cards == set()
    assert {kind for _, kind in cards} == {"decision"}


def test_within_the_folder_only_the_registry_names_all_kinds() -> None:
    shared = [path for path in FOLDER.glob("*.py") if path.name != "registry.py"]
    assert [name_of(path) for path in shared if list(names_in_code(path.read_text()))] == []
    assert set(names_in_code((FOLDER / "registry.py").read_text())) == set(KINDS)  # the control


def test_no_kind_names_another() -> None:
    for kind in KINDS:
        for path in (FOLDER / kind).glob("*.py"):
            assert set(names_in_code(path.read_text())) <= {kind}, name_of(path)


def test_no_template_outside_its_folder_names_a_kind() -> None:
    found = {
        (name_of(path), kind)
        for path in CPD.rglob("*.html")
        if not path.is_relative_to(FOLDER)
        for kind in names_in_template(path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("from cpd.cases.kinds import single", ["single"]),
        ("from cpd.cases.kinds.multiple.key import make_key", ["multiple"]),
        ("if step.kind == 'decision': pass", ["decision"]),
        ("KINDS = {'single': 1}", ["single"]),
        ("from cpd.cases.scales import Decision\nx = 'a decision is multiple'", []),
    ],
)
def test_what_naming_a_kind_in_code_is(source: str, kinds: list[str]) -> None:
    assert list(names_in_code(source)) == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ('{% if step.kind == "decision" %}', ["decision"]),
        ("{{ 'vh' if kind == 'single' }}", ["single"]),
        ('{% include "kinds/multiple/ask.html" %}', ["multiple"]),
        ('{% include "kinds/" ~ step.kind ~ "/ask.html" %}', []),
        ('<p class="decision">{{ _("Every decision") }} {{ decision_sign("same_day") }}</p>', []),
    ],
)
def test_what_naming_a_kind_in_a_template_is(text: str, kinds: list[str]) -> None:
    assert list(names_in_template(text)) == kinds
