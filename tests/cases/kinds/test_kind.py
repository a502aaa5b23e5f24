"""The words that all kinds share."""

import pytest

from cpd.cases.kinds.kind import BLANK, InvalidKeyError, Mistake, Rationale
from cpd.cases.scales import Basis


@pytest.mark.parametrize(
    ("rationale", "mistakes"),
    [
        pytest.param(Rationale("<p>x</p>", Basis.HOUSE_RULE), 0, id="a house rule"),
        pytest.param(Rationale("<p>x</p>", Basis.EXPERT_CAUTION), 0, id="an expert's caution"),
        pytest.param(Rationale("<p>x</p>", Basis.EVIDENCE, cites=("a",)), 0, id="cited evidence"),
        pytest.param(Rationale("<p>x</p>", Basis.EVIDENCE), 1, id="evidence without a source"),
        pytest.param(Rationale("<p>x</p>", Basis.GUIDELINE), 1, id="a guideline without a source"),
        pytest.param(Rationale(" ", Basis.HOUSE_RULE), 1, id="no rationale"),
        pytest.param(Rationale("", Basis.EVIDENCE), 2, id="neither"),
    ],
)
def test_what_a_rationale_needs(rationale: Rationale, mistakes: int) -> None:
    faults = rationale.mistakes("a")
    assert len(faults) == mistakes
    assert all("Option a" in one.message and one.place == ("options", "a") for one in faults)


@pytest.mark.parametrize(
    ("basis", "reviewer", "signed_by"),
    [
        (Basis.HOUSE_RULE, "", "awaiting review"),
        (Basis.EXPERT_CAUTION, "Dr Ravi", "Dr Ravi"),
        (Basis.EVIDENCE, "", ""),
        (Basis.EVIDENCE, "Dr Ravi", "Dr Ravi"),
    ],
)
def test_who_signs(basis: Basis, reviewer: str, signed_by: str) -> None:
    assert Rationale("<p>x</p>", basis, reviewer=reviewer).reviewer_or_missing_text == signed_by


def test_a_key_fault_says_every_mistake() -> None:
    fault = InvalidKeyError([Mistake("One.", "Mend it."), Mistake("Two.")])
    assert [one.message for one in fault.faults] == ["One.", "Two."]
    assert str(fault) == "One. Mend it. Two. Correct the key."


def test_silence_earns_nothing_and_harms_nobody() -> None:
    assert BLANK.is_blank
    assert not BLANK.earned
    assert BLANK.danger is None
