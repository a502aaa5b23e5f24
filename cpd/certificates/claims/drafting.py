"""From a pass to the certificates that it earns: facts that are read, and never given.

Nothing here writes. Everything that depends on an authority is decided from what was read once, so
that the number of queries does not grow with the number of licenses.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from sqlalchemy.orm import Session

from cpd.certificates import queries
from cpd.certificates.queries import CourseVersionStatus, PassedAttempt
from cpd.certificates.rules import codes
from cpd.certificates.rules.credit_facts import (
    DOCUMENT,
    CreditClaim,
    build_credit_snapshot,
    build_document_to_check,
)
from cpd.certificates.rules.snapshot import (
    NO_AUTHORITY,
    Achievement,
    CourseVersion,
    StatedLicense,
    build_snapshot,
    zone_or_utc,
)
from cpd.certificates.signing import Issuer
from cpd.content.readability import build_reading_time
from cpd.courses.models import Revision
from cpd.courses.outlines import load_outline
from cpd.courses.reading.queries import find_active_minutes
from cpd.courses.rules.outline import Outline
from cpd.courses.rules.reviewing import build_review_count
from cpd.credit.approvals.models import Approval
from cpd.credit.approvals.queries import find_approvals_on_file
from cpd.credit.course_worksheets import build_course_worksheet, build_measured_time
from cpd.credit.cycles.queries import OwnLicense
from cpd.credit.license_checks import (
    CourseTaken,
    LicenseCheck,
    build_course_activity,
    check_licenses,
    find_lacking_fields,
)
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.issue_checks import Refusal, VersionToCheck, find_document_refusals
from cpd.credit.rules.worksheets import MeasuredTime, combine_worksheet_json
from cpd.kernel.canonical import encode_json, hash_json
from cpd.kernel.ids import generate_base32_text
from cpd.provider.current import current_provider


@dataclass(frozen=True)
class CheckedPass:
    """A pass with all that its certificates state, and what stands against credit for it."""

    passed: PassedAttempt
    course: CourseVersion
    version: VersionToCheck
    day: date
    """The day of the pass where its holder lives."""
    measured: MeasuredTime
    checks: Sequence[LicenseCheck]
    is_demo: bool


@dataclass(frozen=True)
class Draft:
    """A certificate that is to be signed."""

    authority: str
    facts: dict[str, Any]
    worksheet: bytes = b""
    """The arithmetic of its credit; empty without credit."""


@dataclass(frozen=True)
class Finding:
    """What a check of one license found, and the certificate that it gives if nothing did."""

    check: LicenseCheck
    reasons: tuple[Refusal, ...] = ()
    overridden: tuple[Refusal, ...] = ()
    draft: Draft | None = field(default=None, compare=False)


def check_pass(
    session: Session,
    passed: PassedAttempt,
    status: CourseVersionStatus,
    *,
    is_credit_wanted: bool = True,
) -> CheckedPass:
    """Read what the certificates of a pass state, and check each license of its holder.

    No license is checked if the holder wants no credit.
    """
    enrolment = passed.attempt.enrolment
    revision = enrolment.course_revision
    outline = load_outline(session, revision)
    day = _require_closed_at(passed).astimezone(zone_or_utc(passed.zone)).date()
    approvals = find_approvals_on_file(session, enrolment.course_id)
    licenses = passed.licenses if is_credit_wanted else []
    course = _build_course_version(revision, outline, status, approvals, day)
    version = VersionToCheck(
        course_id=enrolment.course_id,
        title=outline.course.front.title_on_certificate or revision.stored_title,
        is_reviewed=course.is_signed_off and course.is_reviewed_here,
        worksheet=build_course_worksheet(
            revision, outline, today=day, authorities=_list_authorities(licenses)
        ),
        lacking=find_lacking_fields(outline),
    )
    taken = CourseTaken(
        version=version,
        activity=build_course_activity(revision, outline, day=day),
        enrolment_id=enrolment.id,
        is_passed=True,
    )
    checks = check_licenses(session, passed.attempt.subject, licenses, taken, approvals)
    minutes = find_active_minutes(session, [enrolment] if checks else [])
    return CheckedPass(
        passed=passed,
        course=course,
        version=version,
        day=day,
        measured=build_measured_time(outline, minutes.get(enrolment.id, {})),
        checks=checks,
        is_demo=queries.is_demo_database(session),
    )


def _list_authorities(licenses: Sequence[OwnLicense]) -> list[Authority]:
    """Return each authority of somebody's licenses once."""
    found = {own.slug: own.authority for own in licenses}
    return [authority for authority in found.values() if authority is not None]


def _require_closed_at(passed: PassedAttempt) -> datetime:
    if passed.attempt.closed_at is None:  # a check constraint forbids it
        raise RuntimeError("a graded attempt has no end")
    return passed.attempt.closed_at


def _build_course_version(
    revision: Revision,
    outline: Outline,
    status: CourseVersionStatus,
    approvals: Sequence[Approval],
    day: date,
) -> CourseVersion:
    front, time = outline.course.front, build_reading_time(outline.required_word_count)
    reviews = build_review_count(outline.texts_to_review, status.signed_here)
    return CourseVersion(
        title=front.title_on_certificate or revision.title,
        language=front.language,
        language_name=_language_name_in_english(front.language),
        subjects=list(front.subjects),
        authors=front.authors,
        revision=revision.public_id,
        number=revision.number,
        content_hash=revision.content_hash,
        published_at=revision.published_at,
        words=time.words,
        words_per_minute=time.per_minute,
        minutes=time.minutes,
        arithmetic=time.arithmetic,
        is_signed_off=status.is_signed_off,
        is_reviewed_here=reviews.is_complete,
        is_approved=any(
            one.course_id is not None and one.to_rule().holds_on(day) for one in approvals
        ),
    )


def _language_name_in_english(tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def draft_certificate_without_credit(
    checked: CheckedPass, issuer: Issuer, *, now: datetime
) -> Draft:
    """Return the certificate that claims no credit; it states all licenses."""
    stated = [
        StatedLicense(own.license.authority, own.license.number) for own in checked.passed.licenses
    ]
    return Draft(NO_AUTHORITY, _build_facts(checked, stated, issuer, now=now))


def find_credit(
    checked: CheckedPass,
    issuer: Issuer,
    *,
    now: datetime,
    done: Collection[str] = (),
    overridden: Collection[Refusal] = (),
) -> list[Finding]:
    """Return what each license gives: a certificate, or the reasons against it.

    An authority gets one certificate, for the first license against which nothing stands; those of
    authorities that are `done` are left out.
    """
    findings: list[Finding] = []
    given = set(done)
    for check in checked.checks:
        if check.authority.slug in given:
            continue
        finding = _find_credit_of_license(checked, check, issuer, overridden, now=now)
        if finding.draft is not None:
            given.add(check.authority.slug)
            findings = [it for it in findings if it.check.authority.slug != check.authority.slug]
        findings.append(finding)
    return findings


def _find_credit_of_license(
    checked: CheckedPass,
    check: LicenseCheck,
    issuer: Issuer,
    overridden: Collection[Refusal],
    *,
    now: datetime,
) -> Finding:
    against = check.verdict.refusals
    set_aside = tuple(reason for reason in against if reason in overridden)
    if len(set_aside) < len(against):
        return Finding(check, against)
    unit = check.authority.find_unit(checked.day)
    if unit is None or check.amount is None:
        return Finding(check, (*against, Refusal.NO_AMOUNT))
    draft = _draft_certificate_with_credit(checked, check, issuer, unit=unit.label, now=now)
    document = build_document_to_check(draft.facts)
    faults = find_document_refusals(check.authority, document, checked.day)
    if faults:
        return Finding(check, (*against, *faults))
    return Finding(check, against, set_aside, draft)


def _draft_certificate_with_credit(
    checked: CheckedPass, check: LicenseCheck, issuer: Issuer, *, unit: str, now: datetime
) -> Draft:
    stated = [StatedLicense(check.own.license.authority, check.own.license.number)]
    worksheet = combine_worksheet_json(
        checked.version.worksheet.narrow(check.authority.slug), checked.measured
    )
    claim = _build_claim(checked, check, unit=unit, worksheet_hash=hash_json(worksheet))
    facts = build_credit_snapshot(_build_facts(checked, stated, issuer, now=now), claim)
    return Draft(check.authority.slug, facts, encode_json(worksheet))


def _build_claim(
    checked: CheckedPass, check: LicenseCheck, *, unit: str, worksheet_hash: str
) -> CreditClaim:
    if check.amount is None:  # the caller has asked
        raise RuntimeError("a claim without an amount")
    authority, of_course, of_provider = check.authority, check.approval, check.provider_approval
    line = checked.version.worksheet.find_line(authority.slug)
    return CreditClaim(
        authority=authority.slug,
        authority_name=authority.file.name,
        rules=authority.version,
        document=authority.find_document_title(checked.day) or DOCUMENT,
        amount=check.amount,
        unit=unit,
        title=of_course.title if of_course else checked.version.title,
        provider_name=of_provider.title if of_provider else "",
        provider_number=of_provider.number if of_provider else "",
        course_number=of_course.number if of_course else "",
        category=of_course.category if of_course else "",
        approvals=[one.public_id for one in (of_provider, of_course) if one is not None],
        is_course_approved=of_course is not None,
        signatories=[(one.name, one.title) for one in current_provider().signatories],
        worksheet_hash=worksheet_hash,
        computed="" if line is None or line.amount is None else str(line.amount),
    )


def _build_facts(
    checked: CheckedPass, licenses: Sequence[StatedLicense], issuer: Issuer, *, now: datetime
) -> dict[str, Any]:
    passed, result = checked.passed, checked.passed.result
    return build_snapshot(
        checked.course,
        Achievement(
            name=passed.name,
            licenses=licenses,
            completed_at=_require_closed_at(passed),
            zone=zone_or_utc(passed.zone),
            earned=result.score_num,
            possible=result.score_den,
            pass_earned=result.pass_num,
            pass_possible=result.pass_den,
        ),
        issuer.provider,
        code=codes.build_code_from_random_text(generate_base32_text(codes.BITS)),
        salt=generate_base32_text(codes.BITS),
        key_id=issuer.keys.current_key_id,
        issued_at=now,
        is_demo=checked.is_demo,
    )
