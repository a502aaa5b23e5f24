"""A release's ledger, joined to what is recorded here."""

import textwrap

import pytest

from cpd.authoring.publish.ledger_merging import merge_ledger_texts
from cpd.authoring.sources import parsing

ONE = "- {on: 2026-01-01, by: Ada, type: status, of: reference:one, status: checked}\n"
TWO = "- {on: 2026-01-02, by: Ada, type: status, of: reference:two, status: checked}\n"
ZERO = "- {on: 2025-01-01, by: Ada, type: status, of: reference:zero, status: checked}\n"
OURS = "- {on: 2026-02-01, by: Ravi, type: status, of: reference:one, status: superseded}\n"
HEAD = "# What was learnt\n"


@pytest.mark.parametrize(
    ("recorded", "shipped", "found"),
    [
        pytest.param("", HEAD + ONE, HEAD + ONE, id="nothing recorded yet"),
        pytest.param(HEAD + ONE, HEAD + ONE + TWO, HEAD + ONE + TWO, id="it only grew"),
        pytest.param(HEAD + ONE + OURS, HEAD + ONE, HEAD + ONE + OURS, id="longer here"),
        pytest.param(
            HEAD + ONE + OURS, HEAD + ONE + TWO, HEAD + ONE + OURS + TWO, id="both went on"
        ),
        pytest.param(ONE + OURS.rstrip(), ONE + TWO, ONE + OURS + TWO, id="no end of line"),
        pytest.param(ONE, ZERO + ONE, ONE + ZERO, id="put before what is recorded"),
        pytest.param(HEAD + ONE, "# Other words\n" + ONE, HEAD + ONE, id="a comment changed"),
        pytest.param(ONE, "", ONE, id="the release has none"),
        pytest.param("- of an older form\n", ONE, "- of an older form\n", id="not to be read"),
    ],
)
def test_what_is_recorded_stays_and_the_rest_follows(
    recorded: str, shipped: str, found: str
) -> None:
    assert merge_ledger_texts(recorded, shipped) == found


ENTRY = """\
- on: {day}
  by: Ada
  type: status
  of: reference:one
  status: checked
"""


def ledger(*days: str, indent: int) -> str:
    entries = "".join(ENTRY.format(day=day) for day in days)
    return "entries:\n" + textwrap.indent(entries, " " * indent)


@pytest.mark.parametrize(("here", "there"), [(0, 0), (0, 2), (2, 0), (4, 2)])
def test_what_is_shipped_follows_what_is_recorded_however_it_is_indented(
    here: int, there: int
) -> None:
    recorded = ledger("2026-02-01", indent=here)
    whole = merge_ledger_texts(recorded, ledger("2026-01-01", "2026-03-01", indent=there))
    assert whole == ledger("2026-02-01", "2026-01-01", "2026-03-01", indent=here)
    assert merge_ledger_texts(whole, ledger("2026-01-01", "2026-03-01", indent=there)) == whole


@pytest.mark.parametrize(
    ("recorded", "shipped", "whole"),
    [
        pytest.param("", ledger("2026-01-01", indent=2), 1, id="nothing is recorded"),
        pytest.param(ledger("2026-01-01", indent=0), "entries: []\n", 1, id="nothing is shipped"),
        pytest.param(
            ledger("2026-01-01", indent=0),
            "entries: [{on: 2026-02-01, by: Ada, type: retirement, of: reference:one}]\n",
            1,
            id="another form",
        ),
    ],
)
def test_what_is_recorded_can_always_be_read(recorded: str, shipped: str, whole: int) -> None:
    read = parsing.parse_ledger_or_none(merge_ledger_texts(recorded, shipped))
    assert read is not None
    assert len(read.entries) == whole
