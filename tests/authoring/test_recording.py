"""Joining a release's ledger to what is recorded."""

import textwrap

import pytest

from cpd.authoring import library
from cpd.authoring.recording import joined

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
    whole = joined(recorded, ledger("2026-01-01", "2026-03-01", indent=there))
    assert whole == ledger("2026-02-01", "2026-01-01", "2026-03-01", indent=here)
    assert joined(whole, ledger("2026-01-01", "2026-03-01", indent=there)) == whole


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
    read = library.ledger_of(joined(recorded, shipped))
    assert read is not None
    assert len(read.entries) == whole
