"""The page on which a holder asks for credit elsewhere, and those that set reasons aside."""

from typing import cast

from flask import Flask, abort, flash, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.certificates import queries as certificates
from cpd.certificates import signing
from cpd.certificates.actions import NotIssued
from cpd.certificates.blueprint import bp
from cpd.certificates.claims import actions, labels, queries
from cpd.certificates.claims.actions import OverrideRefusal
from cpd.certificates.claims.forms import OverrideForm
from cpd.certificates.claims.queries import RefusedLicense
from cpd.certificates.claims.rules.overriding import BARS, may_override
from cpd.certificates.models import Certificate, CertificateState, CreditDecision
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.credit.cycles.queries import find_own_licenses
from cpd.credit.publication import name_authority
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields
from cpd.web.reading import read_page_number

CONFLICT, WRONG = 409, 422


@bp.record_once
def _add_labels(state: BlueprintSetupState) -> None:
    labels.add_labels_to_templates(cast("Flask", state.app))


@bp.get("/certificates/<string:public_id>/credit")
@requires(Permission.CREDIT_ASK)
def ask_where_else(public_id: str) -> ResponseReturnValue:
    """Ask where else a pass should count, beside what was decided for each license."""
    session, actor = db.session(), current_actor()
    own = _find_own_certificate_or_404(public_id)
    return render_template(
        "certificates/claims/where_else.html",
        certificate=own,
        facts=printed_facts(certificates.build_record_of_certificate(own).parsed_facts),
        issued={
            one.authority: one
            for one in certificates.find_valid_certificates(session, own.enrolment_id)
        },
        refused={
            one.decision.license: one
            for one in queries.find_own_refusals(session, actor, attempt_id=own.attempt_id)
        },
        licenses=find_own_licenses(session, actor),
    )


@bp.post("/certificates/<string:public_id>/credit")
@requires(Permission.CREDIT_ASK)
def ask_for_credit(public_id: str) -> ResponseReturnValue:
    """Check the licenses of the holder again, and issue what they give."""
    NoFields.from_request()
    own = _find_own_certificate_or_404(public_id)
    if own.state is not CertificateState.VALID:
        abort(CONFLICT, _("This certificate was replaced or withdrawn. Open the current one."))
    with unit_of_work() as session:
        done = actions.ask_for_credit(
            session,
            session.get_one(Certificate, own.id),
            issuer=signing.current_issuer(),
            actor=current_actor(),
            now=clock.now(),
        )
    if isinstance(done, NotIssued):
        flash(_("No certificate can be issued for this course now. Contact the provider."), "warn")
    elif done:
        flash(
            ngettext(
                "A certificate has been issued.",
                "%(num)s certificates have been issued.",
                len(done),
            ),
            "good",
        )
    else:
        flash(_("No new certificate was issued. The reason is given for each license."), "info")
    return redirect(url_for(".ask_where_else", public_id=public_id), 303)


@bp.get("/certificates/refusals")
@requires(Permission.CREDIT_OVERRIDE)
def list_refusals() -> ResponseReturnValue:
    """List the licenses for which a pass earned no certificate."""
    session, actor = db.session(), current_actor()
    page = queries.find_refusals(session, actor, page=read_page_number()) or abort(404)
    return render_template(
        "certificates/claims/refusals.html",
        page=page,
        titles=queries.find_course_titles(session, page.rows),
        names=find_names_by_subject(session, [one.subject for one in page.rows]),
        name_authority=name_authority,
    )


@bp.get("/certificates/refusals/<string:public_id>")
@requires(Permission.CREDIT_OVERRIDE)
def refusal(public_id: str) -> ResponseReturnValue:
    """Show why one license was refused, and which of the reasons may be set aside."""
    return _render_refusal_page(_find_refusal_or_404(public_id), OverrideForm())


@bp.post("/certificates/refusals/<string:public_id>")
@requires(Permission.CREDIT_OVERRIDE)
@keeps_typed_text
def override(public_id: str) -> ResponseReturnValue:
    """Set the reasons aside, and issue the certificate."""
    found, form = _find_refusal_or_404(public_id), OverrideForm.from_request()
    if not form.validate():
        return _render_refusal_page(found, form), WRONG
    valid = certificates.find_valid_certificates(db.session(), found.decision.enrolment_id)
    with unit_of_work() as session:
        done = (
            actions.override_refusal(
                session,
                session.get_one(CreditDecision, found.decision.id),
                session.get_one(Certificate, valid[0].id),
                why=form.why.data or "",
                issuer=signing.current_issuer(),
                actor=current_actor(),
                now=clock.now(),
            )
            if valid
            else OverrideRefusal.CHANGED
        )
    if not isinstance(done, Certificate):
        abort(CONFLICT, _describe_override_refusal(done))
    flash(_("The certificate has been issued. Its holder will be notified by email."), "good")
    return redirect(url_for(".list_refusals"), 303)


def _describe_override_refusal(refused: OverrideRefusal | NotIssued) -> str:
    if refused is OverrideRefusal.BARRED:
        return str(_("One of the reasons cannot be set aside."))
    return str(_("The reasons have changed in the meantime. Open the list again."))


def _find_own_certificate_or_404(public_id: str) -> Certificate:
    found = certificates.find_own_certificate(db.session(), current_actor(), public_id)
    return found or abort(404)


def _find_refusal_or_404(public_id: str) -> RefusedLicense:
    return queries.find_refusal(db.session(), current_actor(), public_id) or abort(404)


def _render_refusal_page(found: RefusedLicense, form: OverrideForm) -> str:
    names = find_names_by_subject(db.session(), [found.decision.subject])
    return render_template(
        "certificates/claims/refusal.html",
        refused=found,
        name=names.get(found.decision.subject, ""),
        bars=BARS,
        may_override=may_override(found.reasons),
        form=form,
    )
