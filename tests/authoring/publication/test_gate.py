"""Whatever people do, and in whatever order: nothing reaches learners without a blind answer."""

from typing import Any

import pytest
from flask import Flask

from cpd.authoring.publication import actions as publication
from cpd.authoring.publication.gate import Approval
from tests.authoring.publication import gate_machine
from tests.support.moved_clock import MovedClock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("runs", "steps"), [(4, 14), pytest.param(300, 50, marks=pytest.mark.soak)]
)
def test_published_means_answered_blind_for_exactly_this_key(
    app: Flask, clock: MovedClock, runs: int, steps: int
) -> None:
    gate_machine.prepare_people(app)
    assert gate_machine.run(app, clock, runs=runs, steps=steps).published >= runs // 3


def test_control_without_the_gate_a_case_is_published_that_nobody_approved(
    app: Flask, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def approve_all(*args: Any) -> dict[int, Approval]:
        return {draft.id: Approval(None, ()) for draft in args[2]}

    monkeypatch.setattr(publication, "find_approvals", approve_all)
    monkeypatch.setattr(publication, "record_sign_offs_of_drafts", lambda *_, **__: None)
    gate_machine.prepare_people(app)
    with pytest.raises(AssertionError, match="nobody had approved"):
        gate_machine.run(app, clock, runs=6, steps=10)
