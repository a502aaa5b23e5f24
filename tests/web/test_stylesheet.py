"""The style sheet: whose files it is made of, and that every rule is in one of its layers."""

import re
from pathlib import Path

import pytest

from cpd.app import ROOMS
from cpd.web.stylesheet import FOLDER, LAYERS, ROOM_FILE, read_and_join_stylesheets
from tests.support.house import CPD, name_of

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SHEETS = [*FOLDER.glob("*.css"), *CPD.glob(f"*/{ROOM_FILE}")]


def layers(css: str) -> list[str]:
    """Name what stands at the top level of a sheet: each layer, and what is in none."""
    found, depth, head = [], 0, ""
    for sign in COMMENT.sub("", css):
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and sign in "};":
            found.append(head.strip().removeprefix("@layer "))
            head = ""
        elif depth == 0:
            head += sign
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=name_of)
def test_every_rule_is_in_a_layer(sheet: Path) -> None:
    # A rule in no layer would outrank all others, print and forced colors included.
    assert set(layers(sheet.read_text())) <= set(LAYERS)


def test_what_a_layer_is() -> None:
    css = "/* @layer x {} */ @layer base { a { b: c } @media print { d { e: f } } }\np { q: r }"
    assert layers(css) == ["base", "p"]
    assert layers("@import 'x'; @layer base {}") == ["@import 'x'", "base"]


def test_the_layers_are_ordered_before_any_rule() -> None:
    css = COMMENT.sub("", read_and_join_stylesheets(ROOMS))
    assert css.startswith("@layer tokens, base, layout, components, states, print;")


def test_each_sheet_is_joined_once() -> None:
    css = read_and_join_stylesheets(ROOMS)
    assert [name_of(sheet) for sheet in SHEETS if css.count(sheet.read_text()) != 1] == []


def test_a_room_brings_its_own_sheet() -> None:
    rule = ".bell { color: var(--accent); }"
    assert rule in read_and_join_stylesheets((*ROOMS, "tests.support.bell"))
    assert rule not in read_and_join_stylesheets(ROOMS), "the control"
