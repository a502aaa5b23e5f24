"""What no template may contain: text that skips escaping, and inline scripts or styles."""

import ast
import re

import jinja2
import pytest
from flask import Flask, render_template_string
from flask_babel import lazy_gettext
from jinja2 import nodes

from cpd.access.permissions import VISITOR
from tests.support.house import CPD, name_of
from tests.support.strict_templates import made_strict

FORBIDDEN = {
    "the safe filter": re.compile(r"\|\s*safe\b"),
    "escaping switched off": re.compile(r"{%-?\s*autoescape\s+false"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b|<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "something from elsewhere": re.compile(
        r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["']?(?:https?:)?//""", re.IGNORECASE
    ),
}


def faults(template: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(template)]


def test_templates_hold_nothing_forbidden() -> None:
    found = {name_of(path): faults(path.read_text()) for path in CPD.rglob("*.html")}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("{{ text|safe }}", "the safe filter"),
        ("{{ text | safe }}", "the safe filter"),
        ("{% autoescape false %}", "escaping switched off"),
        ("<script>go()</script>", "an inline script"),
        ('<script type="module">go()</script>', "an inline script"),
        ("<style>p{}</style>", "an inline style"),
        ('<p class="x" style="color:red">', "an inline style"),
        ('<button onclick="go()">', "an event handler"),
        ('<script src="https://example.org/x.js"></script>', "something from elsewhere"),
        ("<link rel=stylesheet href=//example.org/x.css>", "something from elsewhere"),
    ],
)
def test_each_is_found(template: str, what: str) -> None:
    assert what in faults(template)


def test_what_is_fine() -> None:
    assert faults('<script src="{{ asset("exam.js") }}" defer></script><p>It is safe.</p>') == []


def lazy_with_values(source: str) -> list[str]:
    """Return the lazy texts that take values: Jinja takes them for markup and escapes neither."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"_l", "lazy_gettext", "lazy_ngettext"}
        and node.keywords
    ]


def test_no_lazy_text_takes_values() -> None:
    found = {name_of(path): lazy_with_values(path.read_text()) for path in CPD.rglob("*.py")}
    assert {name: what for name, what in found.items() if what} == {}


def test_control_a_lazy_text_with_values_is_found_and_would_not_be_escaped(app: Flask) -> None:
    assert lazy_with_values('label = _l("the answer %(words)s", words=words)') != []
    with app.test_request_context():
        lazy = lazy_gettext("the answer %(words)s", words="<b>")
        assert "<b>" in render_template_string("{{ lazy }}", lazy=lazy)


def unused(template: str) -> set[str]:
    """Return what a template imports but does not use; pages that extend it have own imports."""
    tree = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=True).parse(template)
    named = [name for found in tree.find_all(nodes.FromImport) for name in found.names]
    imported = {name if isinstance(name, str) else name[1] for name in named}
    return imported - {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}


def test_no_template_imports_what_it_does_not_use() -> None:
    found = {name_of(path): unused(path.read_text()) for path in CPD.rglob("*.html")}
    assert {name: macros for name, macros in found.items() if macros} == {}


def test_an_unused_import_is_found() -> None:
    text = (
        '{% from "web/macros.html" import icon, note as remark, state %}{{ icon("x") }}{# state #}'
    )
    assert unused(text) == {"remark", "state"}


def test_control_an_attribute_that_an_object_does_not_have_is_noticed() -> None:
    source = "{{ actor.subjects }}{% if actor.is_signed %}in{% endif %}"
    lenient, strict = Flask("cpd"), made_strict(Flask("cpd"))
    with lenient.app_context():
        assert render_template_string(source, actor=VISITOR) == ""
    with strict.app_context(), pytest.raises(jinja2.UndefinedError, match="has no 'subjects'"):
        render_template_string(source, actor=VISITOR)
