"""The profile: names, time zone, licenses, and what certificates print."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission, Scope
from cpd.accounts.hooks import describe_unprintable
from cpd.accounts.labels import label_of_role
from cpd.accounts.models import Person
from cpd.accounts.profile import actions, queries
from cpd.accounts.profile.actions import CertificateDetails, LicenseRefusal, Profile
from cpd.accounts.profile.forms import CertificateDetailsForm, LicenseForm, ProfileForm
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.accounts.sign_in.form_checks import INVALID
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields

bp = Blueprint("profile", __name__, url_prefix="/profile")


@bp.get("")
@requires(Permission.PROFILE_EDIT)
def show() -> ResponseReturnValue:
    """Show the profile, ready to edit."""
    return _render_profile_page(
        _find_own_person(), location=site_path_or_none(request.args.get("next")) or ""
    )


@bp.post("")
@requires(Permission.PROFILE_EDIT)
def change_profile() -> ResponseReturnValue:
    """Save names and time zone."""
    person = _find_own_person()
    form = ProfileForm.from_request(zone=person.time_zone, country=person.country)
    if not form.validate():
        return _render_profile_page(person, profile=form), INVALID
    profile = Profile(
        name=form.name.data or "",
        legal_name=form.legal_name.data or "",
        time_zone=form.time_zone.data or person.time_zone,
        country=form.country.data or "",
    )
    with unit_of_work() as session:
        actions.change_profile(session, profile, actor=current_actor(), now=clock.now())
    flash(_("Your profile is saved."), "good")
    _warn_if_unprintable(profile.legal_name)
    return redirect(site_path_or_none(form.next.data) or url_for(".show"))


_LICENSE_REFUSALS = {
    LicenseRefusal.KNOWN: _l("This license is already in your profile."),
    LicenseRefusal.TOO_MANY: _l("A profile can hold at most 20 licenses. Remove one first."),
}


@bp.post("/licences")
@requires(Permission.PROFILE_EDIT)
def add_license() -> ResponseReturnValue:
    """Add a license."""
    form = LicenseForm.from_request()
    if not form.validate():
        return _render_profile_page(_find_own_person(), license_form=form), INVALID
    with unit_of_work() as session:
        added = actions.add_license(
            session,
            authority=form.authority.data or "",
            number=form.number.data or "",
            actor=current_actor(),
            now=clock.now(),
        )
    if isinstance(added, LicenseRefusal):
        form.form_errors.append(str(_LICENSE_REFUSALS[added]))
        return _render_profile_page(_find_own_person(), license_form=form), INVALID
    flash(_("The license is added."), "good")
    _warn_if_unprintable(f"{form.authority.data} {form.number.data}")
    return redirect(url_for(".show"))


@bp.post("/licences/<string:public_id>/removal")
@requires(Permission.PROFILE_EDIT)
def remove_license(public_id: str) -> ResponseReturnValue:
    """Remove one of the person's licenses."""
    NoFields.from_request()
    row = queries.find_own_license(db.session(), current_actor(), public_id) or abort(404)
    with unit_of_work() as session:
        actions.remove_license(session, row.id, actor=current_actor(), now=clock.now())
    flash(_("The license is removed. Certificates that name it stay as they are."), "good")
    return redirect(url_for(".show"))


@bp.get("/printed")
@requires(Permission.PROFILE_EDIT)
def ask_certificate_details() -> ResponseReturnValue:
    """Ask for the details that certificates print, before the first exam."""
    person, location = _find_own_person(), site_path_or_none(request.args.get("next")) or ""
    first_license = person.licenses[0] if person.licenses else None
    form = CertificateDetailsForm(
        zone=person.time_zone,
        license_count=len(person.licenses),
        time_zone=person.time_zone,
        legal_name=person.legal_name,
        without=person.without_licence,
        authority=first_license.authority if first_license else "",
        number=first_license.number if first_license else "",
        next=location,
    )
    return _render_certificate_details_page(form)


@bp.post("/printed")
@requires(Permission.PROFILE_EDIT)
def save_certificate_details() -> ResponseReturnValue:
    """Save the legal name and the license, or that there is none, and return to the exam."""
    person = _find_own_person()
    form = CertificateDetailsForm.from_request(
        zone=person.time_zone, license_count=len(person.licenses)
    )
    if not form.validate():
        return _render_certificate_details_page(form), INVALID
    details = CertificateDetails(
        legal_name=form.legal_name.data or "",
        time_zone=form.time_zone.data,
        authority=form.authority.data or "",
        number=form.number.data or "",
    )
    with unit_of_work() as session:
        actions.save_certificate_details(session, details, actor=current_actor(), now=clock.now())
    flash(
        _(
            "Saved. From now on, your certificates show this name, and their date follows your "
            "time zone."
        ),
        "good",
    )
    _warn_if_unprintable(f"{details.legal_name} {details.authority} {details.number}")
    return redirect(site_path_or_none(form.next.data) or url_for(".show"))


def _warn_if_unprintable(text: str) -> None:
    """Say what the file of a certificate cannot show; this keeps nobody from the exam."""
    warning = describe_unprintable(text)
    if warning is not None:
        flash(warning, "warn")


def _render_certificate_details_page(form: CertificateDetailsForm) -> str:
    return render_template("accounts/profile/certificate_details.html", form=form)


def _find_own_person() -> Person:
    return queries.find_own_account(db.session(), current_actor())


def _render_profile_page(
    person: Person,
    *,
    profile: ProfileForm | None = None,
    license_form: LicenseForm | None = None,
    location: str = "",
) -> str:
    return render_template(
        "accounts/profile/profile.html",
        person=person,
        form=profile or license_form,
        profile=profile or ProfileForm(obj=person, next=location, zone=person.time_zone),
        license_form=license_form or LicenseForm(),
        schools=[it for it in person.roles if it.school and _actor_may_open_school(it.scope)],
        label_of_role=label_of_role,
    )


def _actor_may_open_school(school: Scope) -> bool:
    """Tell whether the person may open a school's page, perhaps after setting up an app."""
    actor, permission = current_actor(), Permission.SCHOOL_READ
    return actor.may(permission, within=school) or actor.lacks_only_mfa(permission, within=school)
