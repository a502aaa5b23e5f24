"""What learners say about reports to authorities, on their record."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.reporting.agreements import actions, queries
from cpd.reporting.agreements.forms import AgreementForm
from cpd.reporting.blueprint import bp
from cpd.reporting.pages import duty_or_404


@bp.post("/record/reporting/<string:authority>")
@requires(Permission.CERTIFICATE_READ)
def answer_agreement(authority: str) -> ResponseReturnValue:
    """Record whether the reader agrees to reports to an authority that asks for it."""
    duty, form = duty_or_404(authority), AgreementForm.from_request()
    is_asked = duty.needs_agreement and queries.has_certificate_of(
        db.session(), current_actor(), authority
    )
    if not is_asked:
        abort(404)
    if not form.validate():
        abort(400)
    is_given = form.agrees.data == "yes"
    with unit_of_work() as session:
        actions.record_agreement(
            session, authority, is_given=is_given, actor=current_actor(), now=clock.now()
        )
    said = _("Thank you. We will report it.") if is_given else _("We will not report it.")
    flash(said, "good")
    return redirect(url_for("dashboard.learner_record"), 303)
