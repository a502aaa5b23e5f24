"""What this room answers lower ones: the certificate of an attempt, the part of a record page."""

from flask import render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.certificates import queries
from cpd.certificates.formats import pdf
from cpd.certificates.rules.snapshot import NO_AUTHORITY, printed
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.queries import passes_to_confirm
from cpd.quizzes.results.hooks import Link


def certificate_link(session: Session, actor: Actor, attempt: Attempt) -> Link | None:
    """Return the way to the certificate that a pass of the actor's earned, or had earned before."""
    found = queries.certificate_for(session, actor, attempt.id)
    label = gettext("Your certificate")
    if found is None and attempt.subject == actor.subject:
        found = queries.held(session, attempt.enrolment, NO_AUTHORITY)
        label = gettext("The certificate that you hold already")
    if found is None:
        return None
    return Link(url_for("certificates.certificate", public_id=found.public_id), label)


def record_panel(session: Session, actor: Actor) -> Markup:
    """Return the certificates of the actor as a part of the record page."""
    rows = [
        (one, printed(facts), facts["reading"]["minutes"])
        for one in queries.certificates_of(session, actor)
        for facts in [queries.record_of(one).facts]
    ]
    waiting = passes_to_confirm(session, actor)
    return Markup(render_template("certificates/_record.html", rows=rows, waiting=waiting))  # noqa: S704 - escaped by the template


def unprintable(text: str) -> str | None:
    """Return what in a text no certificate can show now, as a sentence; None when all of it can."""
    try:
        signs = pdf.unprintable(text)
    except pdf.PdfExtraMissingError:
        return None  # the page of the certificate can show any letter; its PDF waits for the extra
    if not signs:
        return None
    words: str = gettext(
        "The certificate’s fonts cannot show %(signs)s. Write this in another script that "
        "stands on your licence, or ask the provider to install the fonts extra.",
        signs=" ".join(signs),
    )
    return words
