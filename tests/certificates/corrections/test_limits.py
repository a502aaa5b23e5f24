"""What a holder may correct alone."""

from typing import Any

import pytest

from cpd.certificates.corrections.rules.limits import (
    MAX_CORRECTIONS,
    CorrectionRefusal,
    find_reason_not_to_correct,
    is_similar_name,
)


@pytest.mark.parametrize(
    ("first", "other", "similar"),
    [
        ("Maya Chidinma Okafor", "Maya Obi", True),
        ("maya okafor", "OKAFOR, Maya", True),
        ("Zoë Marsh", "Zoe Lindqvist", True),
        ("Jonh", "John", True),
        ("王小明", "王小民", False),  # two signs of three: for the provider to look at
        ("Maya Okafor", "Zoë Marsh", False),
        ("J. Smith", "J. Doe", False),
        ("Ольга Петрова", "Olga Petrova", False),
    ],
)
def test_a_name_stays_close_to_the_first_one(first: str, other: str, similar: bool) -> None:
    assert is_similar_name(first, other) is similar


@pytest.mark.parametrize(
    ("differing", "refusal"),
    [
        ({}, None),
        ({"corrected": ["licences"], "name": "Zoë Marsh"}, None),
        ({"correction_count": MAX_CORRECTIONS - 1}, None),
        ({"correction_count": MAX_CORRECTIONS}, CorrectionRefusal.TOO_MANY),
        ({"name": "Zoë Marsh"}, CorrectionRefusal.OTHER_NAME),
        ({"name": ""}, CorrectionRefusal.NO_NAME),
        ({"corrected": []}, CorrectionRefusal.NO_DIFFERENCE),
        ({"is_revocation_asked": True}, CorrectionRefusal.REVOCATION_ASKED),
    ],
)
def test_each_reason_not_to_correct(
    differing: dict[str, Any], refusal: CorrectionRefusal | None
) -> None:
    given: dict[str, Any] = {
        "corrected": ["name"],
        "first_name": "Maya Okafor",
        "name": "Maya Obi",
        "correction_count": 0,
        "is_revocation_asked": False,
    }
    assert find_reason_not_to_correct(**given | differing) is refusal
