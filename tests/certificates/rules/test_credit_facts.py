"""Amounts of credit in words, and what a certificate carries."""

from decimal import Decimal

import pytest

from cpd.certificates.rules.credit_facts import build_document_to_check, format_credit
from tests.factories.certificates import facts


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        ("2.00", "CE", "2 CE"),
        ("1", "CE", "1 CE"),
        ("1.00", "hours", "1 hour"),
        ("1", "CE hours", "1 CE hour"),
        ("1.50", "hours", "1.5 hours"),
        ("10", "hours", "10 hours"),
        ("0.08", "hours", "0.08 hours"),
    ],
)
def test_an_amount_in_words(amount: str, unit: str, words: str) -> None:
    assert format_credit(Decimal(amount), unit) == words


def test_what_is_empty_is_not_carried() -> None:
    made = facts(licences=()) | {"credit": {"unit": "CE"}, "subjects": []}
    made["provider"] = {"name": "", "contact": ""}
    carried = build_document_to_check(made).fields
    assert carried == {"name", "course-title", "completion-date", "course-type", "hours"}
