"""Amounts of credit in words, and what a certificate carries."""

from decimal import Decimal

import pytest

from cpd.certificates.rules.credit_facts import (
    CreditClaim,
    build_credit_snapshot,
    build_document_to_check,
    format_credit,
)
from cpd.certificates.rules.printed_facts import printed_facts
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


CLAIM = CreditClaim(
    authority="oasis",
    authority_name="Board of Oasis",
    rules="0123456789ab",
    document="Certificate of Achievement",
    amount=Decimal("2.50"),
    unit="hours",
    title="Heat",
    provider_name="",
    provider_number="",
    course_number="",
    category="",
    approvals=[],
    is_course_approved=False,
    signatories=[],
    worksheet_hash="0" * 64,
    computed="2.50",
)


def test_what_no_letter_says_comes_from_the_rules_and_the_provider() -> None:
    made = build_credit_snapshot(facts(), CLAIM)
    assert made["credit"]["reason"] == "The amount is computed by the rules of Board of Oasis."
    assert made["provider"]["name"] == "Harbour Continuing Education"
    assert made["activity"] == "Home study, online"
    printed = printed_facts(made)
    assert printed["worksheet"] == f"2.50 hours computed; SHA-256 {'0' * 64}"
    assert not printed.keys() & {"provider_number", "course_number", "signatories", "approvals"}
