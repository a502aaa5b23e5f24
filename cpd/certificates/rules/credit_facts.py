"""What a certificate states that claims credit from one authority."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cpd.credit.rules.authority_file import FieldName
from cpd.credit.rules.issue_checks import DocumentToCheck

DOCUMENT = "Certificate of Achievement"
"""What a certificate is called where the authority's sources settle no name: a test was passed."""
PLACE = "Online"


@dataclass(frozen=True)
class CreditClaim:
    """Credit from one authority, as it is approved or computed."""

    authority: str
    """The slug of its file."""
    authority_name: str
    rules: str
    """The version of its file."""
    document: str
    amount: Decimal
    unit: str
    title: str
    """The title of the course, exactly as approved."""
    provider_name: str
    """As registered with the authority."""
    provider_number: str
    course_number: str
    category: str
    """How the approval calls the type of the course; empty where it names none."""
    approvals: Sequence[str]
    """The public ids of the approvals on which it rests."""
    is_course_approved: bool
    signatories: Sequence[tuple[str, str]]
    """Who signs for the provider, each with a title."""
    worksheet_hash: str
    """The SHA-256 of the arithmetic together with the minutes that were measured."""
    computed: str
    """The amount that was computed; empty where nothing could be."""


def format_amount(amount: Decimal) -> str:
    """Return an amount without zeros at its end: 2, or 1.5."""
    return f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"


def format_credit(amount: Decimal, unit: str) -> str:
    """Return an amount with its unit: 2 CE, 1.5 hours, 1 hour."""
    of_one = unit.removesuffix("s") if amount == 1 else unit
    return f"{format_amount(amount)} {of_one}"


def build_credit_snapshot(facts: Mapping[str, Any], claim: CreditClaim) -> dict[str, Any]:
    """Return the snapshot of a certificate that claims credit, from that of one without."""
    return {
        **facts,
        "authority": claim.authority,
        "issued_for": {"name": claim.authority_name, "rules": claim.rules},
        "title": claim.document,
        "course": claim.title,
        "marker": format_credit(claim.amount, claim.unit),
        "credit": {
            "amount": format_amount(claim.amount),
            "unit": claim.unit,
            "reason": _describe_ground(claim),
        },
        "activity": _describe_course_type(claim, facts["activity"]),
        "place": PLACE,
        "provider": {
            **facts["provider"],
            "name": claim.provider_name or facts["provider"]["name"],
        },
        "provider_number": claim.provider_number,
        "course_number": claim.course_number,
        "instructor": facts["authors"],
        "signatories": [{"name": name, "title": title} for name, title in claim.signatories],
        "approvals": list(claim.approvals),
        "worksheet": {"hash": claim.worksheet_hash, "computed": claim.computed},
    }


def _describe_ground(claim: CreditClaim) -> str:
    if claim.is_course_approved:
        amount = format_credit(claim.amount, claim.unit)
        return f"{claim.authority_name} has approved this course for {amount}."
    return f"The amount is computed by the rules of {claim.authority_name}."


def _describe_course_type(claim: CreditClaim, otherwise: str) -> str:
    """Return the type of the course in the words of its approval, if it has any."""
    words = claim.category
    return words[:1].upper() + words[1:] if words else otherwise


_FIELDS: Mapping[FieldName, str] = {
    "name": "name",
    "course-title": "course",
    "course-number": "course_number",
    "subjects": "subjects",
    "completion-date": "completed",
    "place": "place",
    "course-type": "activity",
    "hours": "marker",
    "provider-number": "provider_number",
    "provider-signature": "signatories",
}
"""The fact of a snapshot that answers what an authority wants on its certificates."""


def build_document_to_check(facts: Mapping[str, Any]) -> DocumentToCheck:
    """Return a certificate, by its snapshot, as the checks read it."""
    found: set[FieldName] = {field for field, fact in _FIELDS.items() if facts.get(fact)}
    if facts["licences"]["held"]:
        found.add("license-number")
    if facts["provider"]["name"]:
        found.add("provider-name")
    if facts["provider"]["contact"]:
        found.add("provider-contact")
    return DocumentToCheck(facts["title"], facts["credit"]["unit"], frozenset(found))
