"""What certificates add to the pages of other rooms."""

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.profile.queries import find_own_legal_name
from cpd.certificates import labels, queries
from cpd.certificates.claims.queries import find_own_refusals, find_reports
from cpd.certificates.formats.registry import unsupported_characters
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.courses.hooks import Link
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.queries import find_own_passes_without_statement
from cpd.web.markup import render_markup


def find_certificate_link(session: Session, actor: Actor, attempt: Attempt) -> Link | None:
    """Return a link to the certificate that the actor's pass earned, or to an earlier one."""
    certificate = queries.find_own_certificate_for_attempt(session, actor, attempt.id)
    label = gettext("Your certificate")
    if certificate is None and attempt.subject == actor.subject:
        earlier = queries.find_valid_certificates_of_course_version(session, attempt.enrolment)
        certificate = earlier[0] if earlier else None
        label = gettext("The certificate you already have")
    if certificate is None:
        return None
    return Link(url_for("certificates.certificate", public_id=certificate.public_id), label)


def render_certificates_panel(session: Session, actor: Actor) -> Markup:
    """Return the section with the actor's certificates on the record page."""
    certificates = queries.find_own_certificates(session, actor)
    newer = queries.find_newer_course_versions(session, certificates)
    rows = [
        (certificate, printed_facts(facts), facts["reading"]["minutes"], newer.get(certificate.id))
        for certificate in certificates
        for facts in [queries.build_record_of_certificate(certificate).parsed_facts]
    ]
    profile_name = find_own_legal_name(session, actor) if rows else ""
    waiting = find_own_passes_without_statement(session, actor)
    return render_markup(
        "certificates/_record.html",
        rows=rows,
        waiting=waiting,
        profile_name=profile_name,
        reports=find_reports(session, certificates),
        refused=find_own_refusals(session, actor) if rows else [],
    )


def unsupported_characters_warning(text: str) -> str | None:
    """Return the warning for a name that no certificate file can show in full, or None."""
    characters = unsupported_characters(text)
    return labels.unsupported_characters_message(characters) if characters else None
