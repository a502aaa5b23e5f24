"""The page on which a holder corrects the name or the licenses on a certificate."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires, requires_recent_login
from cpd.access.permissions import Permission
from cpd.certificates import queries, signing
from cpd.certificates.blueprint import bp
from cpd.certificates.corrections import actions
from cpd.certificates.corrections.forms import CorrectionForm
from cpd.certificates.corrections.queries import Correction, find_correction
from cpd.certificates.corrections.refusals import describe_correction_refusal
from cpd.certificates.corrections.rules.limits import CorrectionRefusal
from cpd.certificates.models import Certificate
from cpd.certificates.rules.printed_facts import format_licenses, printed_facts
from cpd.db import db, unit_of_work
from cpd.kernel import clock

CONFLICT, WRONG = 409, 422


@bp.get("/certificates/<string:public_id>/correction")
@requires(Permission.CERTIFICATE_CORRECT)
def show_correction(public_id: str) -> ResponseReturnValue:
    """Show what a corrected certificate would say, beside what this one says."""
    return _render_correction_page(_find_correction_or_404(public_id), CorrectionForm())


@bp.post("/certificates/<string:public_id>/correction")
@requires(Permission.CERTIFICATE_CORRECT)
@requires_recent_login(
    lambda public_id: url_for("certificates.show_correction", public_id=public_id)
)
def correct(public_id: str) -> ResponseReturnValue:
    """Replace a certificate by a corrected one."""
    correction, form = _find_correction_or_404(public_id), CorrectionForm.from_request()
    if correction.refusal is not None:
        return _render_correction_page(correction, form), CONFLICT
    if not form.validate():
        return _render_correction_page(correction, form), WRONG
    with unit_of_work() as session:
        done = actions.correct_certificate(
            session,
            session.get_one(Certificate, correction.certificate.id),
            reason=form.reason.data or "",
            issuer=signing.current_issuer(),
            actor=current_actor(),
            now=clock.now(),
        )
    if isinstance(done, CorrectionRefusal):
        return _render_correction_page(_find_correction_or_404(public_id), form), CONFLICT
    flash(_("Your certificate was corrected. This one replaces it."), "good")
    return redirect(url_for(".certificate", public_id=done.public_id), 303)


def _find_correction_or_404(public_id: str) -> Correction:
    session, actor = db.session(), current_actor()
    own = queries.find_own_certificate(session, actor, public_id) or abort(404)
    return find_correction(session, actor, own)


def _render_correction_page(correction: Correction, form: CorrectionForm) -> str:
    printed = printed_facts(correction.facts)
    return render_template(
        "certificates/correction.html",
        certificate=correction.certificate,
        form=form,
        printed=printed,
        name=correction.name,
        licenses=format_licenses((one.authority, one.number) for one in correction.licenses),
        corrected=correction.corrected,
        refusal=""
        if correction.refusal is None
        else describe_correction_refusal(
            correction.refusal, contact=signing.current_issuer().provider.contact
        ),
    )
