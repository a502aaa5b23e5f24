"""The browsers that the guide for learners lists: scripts and styles use only what these have.

Each row names the first Safari that has it; of most things Safari was the last to get them. A style
that is dropped where it is unknown, and leaves the page usable, needs no row.
"""

import re
from pathlib import Path

import pytest

from cpd.web.stylesheet import FOLDER, ROOM_FILE
from tests.support.house import CPD, ROOT, name_of

OLDEST = "Safari 15.4 (also on iPhone and iPad), Chrome 99,\nEdge 99 or Firefox 98"
SCRIPTS = sorted((CPD / "web/static").glob("*.js"))
SHEETS = sorted([*FOLDER.glob("*.css"), *CPD.glob(f"*/{ROOM_FILE}")])
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
MISSING_IN_SCRIPTS = {
    r"\.requestSubmit\b": "16.0",
    r"\.submitter\b": "15.4, and Chrome does not have it for a form that a script submits",
    r"\.at\(": "15.4",
    r"\bstructuredClone\b": "15.4",
    r"\.(?:findLast|findLastIndex)\(": "15.4, Firefox 104",
    r"\.(?:toSorted|toReversed|toSpliced|with)\(": "16.0",
    r"\.(?:showPopover|hidePopover|togglePopover)\(": "17.0",
    r"\.checkVisibility\(": "17.4",
    r"\bAbortSignal\.(?:timeout|any)\b": "16.0",
    r"\b(?:Object|Map)\.groupBy\b": "17.4",
    r"\bPromise\.withResolvers\b": "17.4",
    r"\bArray\.fromAsync\b": "16.4",
    r"\bURL\.(?:canParse|parse)\b": "17.0",
    r"\(\?<[=!]": "16.4",
    r"\bstatic \{": "16.4",
    r"\bstartViewTransition\b": "18.0",
}
GUARDED_IN_SCRIPTS = {
    "new CompressionStream": '"CompressionStream" in window',
    "randomUUID(": "crypto.randomUUID ?",
}
"""What may be used where a script first asks for it, and the words in which it does."""
MISSING_IN_STYLES = {
    r"\blight-dark\(": "17.5",
    r"@container\b": "16.0",
    r"@scope\b": "17.4",
    r"@starting-style\b": "17.5",
    r"\((?:width|height) ?[<>]|[<>]=? ?(?:width|height)\)": "16.4",
    r"(?m)^\s*&": "16.5",
    r"\d(?:dv|sv|lv)[hwbi]\b": "15.4, Chrome 108",
    r"\bsubgrid\b": "16.0",
    r":popover-open(?!\))": "17.0",
}
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*"
    r"|(?:left|right|width|height|(?:min|max)-(?:width|height))(?=\s*:[^)]*;)"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:text-align|float|clear)\s*:\s*(?:left|right))\b"
)
FOUR_SIDES = re.compile(
    r"(?:margin|padding|inset)\s*:\s*(?P<values>(?:[^\s;(]+(?:\([^;]*?\))?\s+){3}[^;]+);"
)


def uses(text: str, missing: dict[str, str]) -> list[str]:
    """Return what a file uses that a supported browser does not have."""
    code = COMMENT.sub("", text)
    return [f"{found[0]} (Safari {since})" for each, since in missing.items()
            for found in [re.search(each, code)] if found]  # fmt: skip


def one_sided(css: str) -> list[str]:
    """Return declarations that name left or right, whatever the direction of writing."""
    css = COMMENT.sub("", css)
    found = [match[0] for match in PHYSICAL.finditer(re.sub(r"@media[^{]*", "", css))]
    for match in FOUR_SIDES.finditer(css):
        _top, right, *rest = re.findall(r"[^\s(]+(?:\([^)]*\))?", match["values"])
        if rest[1:] not in ([], [right]):
            found.append(match[0])
    return found


def test_the_guide_lists_them() -> None:
    assert OLDEST in (ROOT / "docs/users/learning.md").read_text()


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_uses_only_what_they_have(script: Path) -> None:
    text = script.read_text()
    assert not uses(text, MISSING_IN_SCRIPTS)
    for name, guard in GUARDED_IN_SCRIPTS.items():
        assert name not in text or guard in text


@pytest.mark.parametrize("sheet", SHEETS, ids=name_of)
def test_a_sheet_uses_only_what_they_have_and_no_left_or_right(sheet: Path) -> None:
    assert not uses(sheet.read_text(), MISSING_IN_STYLES)
    assert not one_sided(sheet.read_text())


def test_what_is_found() -> None:
    assert uses("// structuredClone\nform.requestSubmit(); list.at(-1);", MISSING_IN_SCRIPTS) == [
        ".requestSubmit (Safari 16.0)", ".at( (Safari 15.4)",
    ]  # fmt: skip
    assert len(uses("a { color: light-dark(red, blue) }\n& b { c: d }", MISSING_IN_STYLES)) == 2
    wrong = "p { margin-left: 1px; float: right; width: 2px; padding: 1px 2px 3px 4px; }"
    assert len(one_sided(wrong)) == 4
    right = (
        "p { margin: 0 auto; padding: 1px 2px 3px 2px; } @media (min-width: 4rem) { a { b: c } }"
    )
    assert one_sided(right) == []
