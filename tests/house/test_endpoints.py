"""Endpoints named in code and templates exist: a view that is renamed in one place is noticed."""

import ast
import re
from collections.abc import Collection, Iterator

import pytest
from flask import Flask

from tests.support.house import CPD, name_of

ENDPOINT = re.compile(r"[a-z_]+(?:\.[a-z_]+){1,2}")
IN_TEMPLATE = re.compile(rf"""["']({ENDPOINT.pattern})["']""")

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def named_in_code(source: str) -> Iterator[str]:
    """Yield every string in the form of an endpoint, except names of questions and columns."""
    tree = ast.parse(source)
    others = {
        id(argument)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"Question", "ForeignKey"}
        for argument in call.args
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for constant in constants:
        text = constant.value
        if isinstance(text, str) and id(constant) not in others and ENDPOINT.fullmatch(text):
            yield text


def missing(names: Collection[str], endpoints: Collection[str]) -> set[str]:
    """Return the names that begin with a blueprint and are not endpoints or blueprints."""
    blueprints = {endpoint.rpartition(".")[0] for endpoint in endpoints if "." in endpoint}
    rooms = {blueprint.partition(".")[0] for blueprint in blueprints}
    return {
        name
        for name in names
        if name.partition(".")[0] in rooms and name not in {*endpoints, *blueprints}
    }


def test_every_endpoint_that_is_named_exists(app: Flask) -> None:
    found = {
        f"{name_of(path)}: {name}"
        for path in CPD.rglob("*")
        if path.suffix in {".py", ".html"}
        for text in [path.read_text()]
        for name in missing(
            set(named_in_code(text) if path.suffix == ".py" else IN_TEMPLATE.findall(text)),
            app.view_functions,
        )
    }
    assert found == set()


def test_control_a_stale_endpoint_is_found(app: Flask) -> None:
    source = 'url_for("courses.gone")\nQuestion("courses.asked")\nurl_for("courses.home")\n'
    assert missing(set(named_in_code(source)), app.view_functions) == {"courses.gone"}
    assert missing(IN_TEMPLATE.findall("url_for('courses.gone')"), app.view_functions)
