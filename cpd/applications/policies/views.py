"""The page on which administrators write the provider's policies."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.applications.blueprint import bp
from cpd.applications.policies import actions, queries
from cpd.applications.policies.forms import PoliciesForm
from cpd.db import db, unit_of_work
from cpd.kernel import clock

WRONG = 422


@bp.get("/applications/policies")
@requires(Permission.APPLICATION_MANAGE)
def ask_policies() -> ResponseReturnValue:
    """Show the policies as they are written, to be changed."""
    return _render_form(PoliciesForm(data=queries.find_policies(db.session())))


@bp.post("/applications/policies")
@requires(Permission.APPLICATION_MANAGE)
@keeps_typed_text
def change_policies() -> ResponseReturnValue:
    """Store the policies."""
    form = PoliciesForm.from_request()
    if not form.validate():
        return _render_form(form), WRONG
    with unit_of_work() as session:
        actions.change_policies(session, form.texts, actor=current_actor(), now=clock.now())
    flash(_("The policies are saved."), "good")
    return redirect(url_for(".ask_policies"), 303)


def _render_form(form: PoliciesForm) -> str:
    return render_template("applications/policies/form.html", form=form)
