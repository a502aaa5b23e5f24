"""The page on which people say where they need credit."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.credit.authority_loading import load_authorities
from cpd.credit.blueprint import bp
from cpd.credit.licenses import actions, queries
from cpd.credit.licenses.actions import LicenseFault, NewLicense
from cpd.credit.licenses.forms import HeldLicenseForm
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields

WRONG = 422
_FAULTS = {
    LicenseFault.MALFORMED: (
        "number",
        _l("A number has letters from A to Z and at least one digit. Copy it from your license."),
    ),
    LicenseFault.ENDS_FIRST: ("cycle_ends", _l("The cycle ends before it begins.")),
    LicenseFault.KNOWN: ("number", _l("You have entered this license before.")),
    LicenseFault.TOO_MANY: ("authority", _l("You have entered as many licenses as fit here.")),
}


@bp.get("/licenses")
@requires(Permission.PROFILE_EDIT)
def list_held_licenses() -> ResponseReturnValue:
    """Ask where the reader needs credit, and list what they have said."""
    return _render_licenses(_offer_choices(HeldLicenseForm()))


@bp.post("/licenses")
@requires(Permission.PROFILE_EDIT)
def add_held_license() -> ResponseReturnValue:
    """Add a license, or say what to correct."""
    form = _offer_choices(HeldLicenseForm.from_request())
    if not form.validate():
        return _render_licenses(form), WRONG
    new = NewLicense(
        authority=form.authority.data,
        number=form.number.data or "",
        cycle_begins=form.cycle_begins.data,
        cycle_ends=form.cycle_ends.data,
    )
    with unit_of_work() as session:
        result = actions.add_held_license(session, new, actor=current_actor(), now=clock.now())
    if isinstance(result, LicenseFault):
        field, sentence = _FAULTS[result]
        form[field].errors = [sentence]
        return _render_licenses(form), WRONG
    flash(_("The license is added. Courses now say whether they count for it."), "good")
    return redirect(url_for(".list_held_licenses"), 303)


@bp.post("/licenses/<string:public_id>/removal")
@requires(Permission.PROFILE_EDIT)
def remove_held_license(public_id: str) -> ResponseReturnValue:
    """Remove one of the reader's licenses."""
    NoFields.from_request()
    held = queries.find_own_held_license(db.session(), current_actor(), public_id) or abort(404)
    with unit_of_work() as session:
        actions.remove_held_license(session, held, actor=current_actor(), now=clock.now())
    flash(_("The license is removed."), "good")
    return redirect(url_for(".list_held_licenses"), 303)


def _offer_choices(form: HeldLicenseForm) -> HeldLicenseForm:
    form.offer_choices((slug, it.file.name) for slug, it in load_authorities().items())
    return form


def _render_licenses(form: HeldLicenseForm) -> str:
    return render_template(
        "credit/licenses/list.html",
        form=form,
        held=queries.find_held_licenses(db.session(), current_actor().subject),
        authorities=load_authorities(),
    )
