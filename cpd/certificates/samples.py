"""Sample certificates, which show an authority what those for its licensees will look like.

A sample is marked as one in its name, its license and its head. Nobody signed it, so every check
finds that it is not genuine.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cpd.certificates import queries
from cpd.certificates.drafting import build_course_version
from cpd.certificates.formats.registry import PRINTED_FORMAT
from cpd.certificates.rules import codes
from cpd.certificates.rules.credit_facts import DOCUMENT, CreditClaim, build_credit_snapshot
from cpd.certificates.rules.record import Record, build_manifest
from cpd.certificates.rules.snapshot import Achievement, StatedLicense, build_snapshot
from cpd.certificates.signing import current_issuer
from cpd.courses.models import Revision
from cpd.courses.rules.outline import Outline
from cpd.credit.approvals.models import Approval
from cpd.credit.approvals.queries import find_approvals_on_file
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.worksheets import Worksheet
from cpd.kernel import canonical
from cpd.provider.current import current_provider

SAMPLE = "SAMPLE"
MARK = "SAMPLE: not a certificate, not valid for credit"
KEY = "none (sample)"
"""Stands for the id of the key, because nobody signs a sample."""


def can_build_samples() -> bool:
    """Tell whether this installation can make them."""
    return PRINTED_FORMAT.can_build_files()


def build_sample_facts(
    session: Session,
    revision: Revision,
    outline: Outline,
    authority: Authority,
    worksheet: Worksheet,
    *,
    today: date,
) -> dict[str, Any]:
    """Return what a sample certificate for this authority states."""
    approvals = find_approvals_on_file(session, revision.document.course_id)
    status = queries.find_course_version_status(session, revision)
    pass_mark = outline.exam.policy.pass_mark
    facts = build_snapshot(
        build_course_version(revision, outline, status, approvals, today),
        _build_achievement(revision, authority, pass_mark),
        current_issuer().provider,
        code=codes.build_code_from_random_text("0" * codes.RANDOM),
        salt=SAMPLE,
        key_id=KEY,
        issued_at=revision.published_at,
        is_demo=False,
    )
    claim = _build_claim(facts["course"], authority, worksheet, approvals, today=today)
    return {**(build_credit_snapshot(facts, claim) if claim else facts), "demonstration": MARK}


def build_sample_file(facts: dict[str, Any]) -> bytes:
    """Return the PDF of a sample; raises MissingExtraError, and RuntimeError in a unit of work."""
    return PRINTED_FORMAT.build_file(
        Record(
            snapshot=canonical.encode_json(facts).decode(),
            manifest=build_manifest(facts),
            signature="",
            key_id=KEY,
        )
    )


def _build_achievement(
    revision: Revision, authority: Authority, pass_mark: Fraction
) -> Achievement:
    return Achievement(
        name=f"{SAMPLE}: name of the participant",
        licenses=[StatedLicense(authority.file.short_name, SAMPLE)],
        completed_at=revision.published_at,
        zone=ZoneInfo("UTC"),
        earned=1,
        possible=1,
        pass_earned=pass_mark.numerator,
        pass_possible=pass_mark.denominator,
    )


def _build_claim(
    title: str,
    authority: Authority,
    worksheet: Worksheet,
    approvals: Sequence[Approval],
    *,
    today: date,
) -> CreditClaim | None:
    """Return the credit that a sample states; None where nobody can say how much it is."""
    held = [one for one in approvals if one.authority == authority.slug]
    held = [one for one in held if one.to_rule().holds_on(today)]
    of_course = next((one for one in held if one.course_id is not None), None)
    of_provider = next((one for one in held if one.course_id is None), None)
    line, unit = worksheet.find_line(authority.slug), authority.find_unit(today)
    computed = line.amount if line else None
    amount: Decimal | None = of_course.amount if of_course else computed
    if amount is None or unit is None:
        return None
    return CreditClaim(
        authority=authority.slug,
        authority_name=authority.file.name,
        rules=authority.version,
        document=authority.find_document_title(today) or DOCUMENT,
        amount=amount,
        unit=unit.label,
        title=of_course.title if of_course else title,
        provider_name=of_provider.title if of_provider else "",
        provider_number=of_provider.number if of_provider else "",
        course_number=of_course.number if of_course else "",
        category=of_course.category if of_course else "",
        approvals=[one.public_id for one in (of_provider, of_course) if one is not None],
        is_course_approved=of_course is not None,
        signatories=[(one.name, one.title) for one in current_provider().signatories],
        worksheet_hash=worksheet.narrow(authority.slug).content_hash,
        computed="" if computed is None else str(computed),
    )
