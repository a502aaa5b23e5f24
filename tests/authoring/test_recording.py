"""A release's ledger, joined to what is recorded here."""

import pytest

from cpd.authoring.recording import joined

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
    assert joined(recorded, shipped) == found
