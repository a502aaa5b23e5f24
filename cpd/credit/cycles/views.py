"""The pages of a person's own cycles, outside activities and evidence."""

from datetime import date
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.credit.authority_loading import load_authorities
from cpd.credit.blueprint import bp
from cpd.credit.cycles import actions, queries
from cpd.credit.cycles.actions import NewLicense
from cpd.credit.cycles.forms import (
    ActivityForm,
    CycleForm,
    EvidenceForm,
    OwnLicenseForm,
    build_activity_form_class,
    build_activity_values,
)
from cpd.credit.cycles.labels import EVIDENCE_FAULTS, LICENSE_REFUSALS
from cpd.credit.cycles.models import OutsideActivity
from cpd.credit.cycles.queries import OwnLicense
from cpd.credit.hooks import issued_credit
from cpd.credit.rules.authorities import guess_authority
from cpd.credit.rules.evidence import PDF, EvidenceFault
from cpd.db import cut_page, db, unit_of_work
from cpd.kernel import clock
from cpd.media.labels import REFUSALS
from cpd.media.refusals import PictureRefusedError
from cpd.web.forms import NoFields
from cpd.web.reading import read_page_number, read_uploaded_file

ON_PAGE = 30
WRONG = 422


@bp.get("/record/cycles")
@requires(Permission.COURSE_STUDY)
def show_cycles() -> ResponseReturnValue:
    """Show where the cycle of each license stands, and the outside activities."""
    record = queries.find_own_record(db.session(), current_actor(), today=_today())
    page = cut_page(record.activities, number=read_page_number(), size=ON_PAGE) or abort(404)
    return render_template("credit/cycles/cycles.html", record=record, page=page, today=_today())


@bp.get("/record/cycles/<string:license_id>")
@requires(Permission.COURSE_STUDY)
def show_cycle(license_id: str) -> ResponseReturnValue:
    """Show what counts toward the cycle of a license, activity by activity."""
    own = _find_license_or_404(license_id)
    session, actor = db.session(), current_actor()
    activities = queries.find_claimed_activities(session, actor.person_id)
    issued = issued_credit(session, actor.subject)
    report = queries.build_report(own, activities, issued, today=_today()) or abort(404)
    page = cut_page(report.lines[::-1], number=read_page_number(), size=ON_PAGE) or abort(404)
    return render_template("credit/cycles/cycle.html", own=own, report=report, page=page)


@bp.get("/record/cycles/<string:license_id>/dates")
@requires(Permission.COURSE_STUDY)
def ask_cycle_dates(license_id: str) -> ResponseReturnValue:
    """Ask whose rules a license is under, and when it expires."""
    own = _find_license_or_404(license_id)
    if own.cycle is None:
        guessed = guess_authority(own.license.authority, load_authorities().values())
        return _render_dates_page(own, CycleForm(authority=guessed.slug if guessed else ""))
    return _render_dates_page(own, CycleForm(obj=own.cycle))


@bp.post("/record/cycles/<string:license_id>/dates")
@requires(Permission.COURSE_STUDY)
def save_cycle_dates(license_id: str) -> ResponseReturnValue:
    """Save whose rules a license is under, and when it expires."""
    own, form = _find_license_or_404(license_id), CycleForm.from_request()
    if not form.validate():
        return _render_dates_page(own, form), WRONG
    with unit_of_work() as session:
        actions.save_license_cycle(
            session,
            own.license,
            authority=form.authority.data,
            issued_on=form.issued_on.data,
            expires_on=form.expires_on.data,
            actor=current_actor(),
            now=clock.now(),
        )
    flash(_("The license is saved."), "good")
    return redirect(url_for(".show_cycles"), 303)


@bp.get("/record/licenses/new")
@requires(Permission.COURSE_STUDY)
def ask_license() -> ResponseReturnValue:
    """Ask where the person needs credit."""
    form = OwnLicenseForm(next=site_path_or_none(request.args.get("next")) or "")
    return render_template("credit/cycles/license.html", form=form)


@bp.post("/record/licenses")
@requires(Permission.COURSE_STUDY)
def add_license() -> ResponseReturnValue:
    """Add a license with its dates to the person's profile."""
    form = OwnLicenseForm.from_request()
    if not form.validate():
        return render_template("credit/cycles/license.html", form=form), WRONG
    new = NewLicense(
        form.authority.data, form.number.data or "", form.issued_on.data, form.expires_on.data
    )
    with unit_of_work() as session:
        refusal = actions.add_license_with_cycle(
            session, new, actor=current_actor(), now=clock.now()
        )
    if refusal is not None:
        form.number.errors = [LICENSE_REFUSALS[refusal]]
        return render_template("credit/cycles/license.html", form=form), WRONG
    flash(_("The license is added. Courses now say whether they count for it."), "good")
    return redirect(site_path_or_none(form.next.data) or url_for(".show_cycles"), 303)


@bp.get("/record/activities/new")
@requires(Permission.COURSE_STUDY)
def ask_activity() -> ResponseReturnValue:
    """Ask for an activity that was not taken on this site."""
    form_class, given = _prepare_activity_form()
    return render_template("credit/cycles/activity.html", form=form_class(**given), activity=None)


@bp.post("/record/activities")
@requires(Permission.COURSE_STUDY)
def add_activity() -> ResponseReturnValue:
    """Add an outside activity, then ask for its evidence."""
    form_class, given = _prepare_activity_form()
    form = form_class.from_request(**given)
    if not form.validate():
        return render_template("credit/cycles/activity.html", form=form, activity=None), WRONG
    with unit_of_work() as session:
        row = actions.add_activity(
            session, form.read_activity(), actor=current_actor(), now=clock.now()
        )
        public_id = row.public_id if row else ""
    if not public_id:
        form.form_errors.append(_("A record can hold at most 1,000 activities. Remove one first."))
        return render_template("credit/cycles/activity.html", form=form, activity=None), WRONG
    flash(_("The activity is added. You can add its certificate now."), "good")
    return redirect(url_for(".show_activity", public_id=public_id), 303)


@bp.get("/record/activities/<string:public_id>")
@requires(Permission.COURSE_STUDY)
def show_activity(public_id: str) -> ResponseReturnValue:
    """Show an outside activity, ready to change, with its evidence."""
    return _render_activity_page(_find_activity_or_404(public_id))


@bp.post("/record/activities/<string:public_id>")
@requires(Permission.COURSE_STUDY)
def change_activity(public_id: str) -> ResponseReturnValue:
    """Change an outside activity."""
    activity = _find_activity_or_404(public_id)
    form_class, given = _prepare_activity_form()
    form = form_class.from_request(**given)
    if not form.validate():
        return _render_activity_page(activity, form=form), WRONG
    with unit_of_work():
        row = _find_activity_or_404(public_id)
        actions.change_activity(
            db.session(), row, form.read_activity(), actor=current_actor(), now=clock.now()
        )
    flash(_("The activity is saved."), "good")
    return redirect(url_for(".show_cycles"), 303)


@bp.post("/record/activities/<string:public_id>/removal")
@requires(Permission.COURSE_STUDY)
def remove_activity(public_id: str) -> ResponseReturnValue:
    """Remove an outside activity with its evidence."""
    NoFields.from_request()
    with unit_of_work() as session:
        row = _find_activity_or_404(public_id)
        actions.remove_activity(session, row, actor=current_actor(), now=clock.now())
    flash(_("The activity and its files are removed."), "good")
    return redirect(url_for(".show_cycles"), 303)


@bp.post("/record/activities/<string:public_id>/evidence")
@requires(Permission.COURSE_STUDY)
def add_evidence(public_id: str) -> ResponseReturnValue:
    """Add a file to an outside activity."""
    activity, form = _find_activity_or_404(public_id), EvidenceForm.from_request()
    try:
        prepared = actions.prepare_evidence(read_uploaded_file("evidence"))
    except PictureRefusedError as refused:
        form.evidence.errors = [REFUSALS[refused.reason]]
        return _render_activity_page(activity, evidence_form=form), WRONG
    fault = prepared if isinstance(prepared, EvidenceFault) else None
    if not isinstance(prepared, EvidenceFault):
        with unit_of_work() as session:
            fault = actions.add_evidence(
                session, public_id, prepared, actor=current_actor(), now=clock.now()
            )
    if fault is not None:
        form.evidence.errors = [EVIDENCE_FAULTS[fault]]
        return _render_activity_page(activity, evidence_form=form), WRONG
    flash(_("The file is added. Only you can open it."), "good")
    return redirect(url_for(".show_activity", public_id=public_id), 303)


@bp.get("/record/activities/<string:public_id>/evidence/<string:evidence_id>")
@requires(Permission.COURSE_STUDY)
def download_evidence(public_id: str, evidence_id: str) -> ResponseReturnValue:
    """Send a file of one of the person's own activities, always to be stored and never shown."""
    row = queries.find_own_evidence(db.session(), current_actor(), public_id, evidence_id)
    if row is None:
        abort(404)
    response = Response(row.content, mimetype=row.type)
    name = f"{row.public_id}.{'pdf' if row.type == PDF else 'webp'}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/record/activities/<string:public_id>/evidence/<string:evidence_id>/removal")
@requires(Permission.COURSE_STUDY)
def remove_evidence(public_id: str, evidence_id: str) -> ResponseReturnValue:
    """Remove a file from one of the person's own activities."""
    NoFields.from_request()
    with unit_of_work() as session:
        row = queries.find_own_evidence(session, current_actor(), public_id, evidence_id)
        if row is None:
            abort(404)
        actions.remove_evidence(session, row, actor=current_actor(), now=clock.now())
    flash(_("The file is removed."), "good")
    return redirect(url_for(".show_activity", public_id=public_id), 303)


def _today() -> date:
    return clock.now().date()


def _find_license_or_404(public_id: str) -> OwnLicense:
    found = queries.find_own_license_with_cycle(db.session(), current_actor(), public_id)
    return found or abort(404)


def _find_activity_or_404(public_id: str) -> OutsideActivity:
    return queries.find_own_activity(db.session(), current_actor(), public_id) or abort(404)


def _find_counted_licenses() -> list[OwnLicense]:
    found = queries.find_own_licenses(db.session(), current_actor())
    return [own for own in found if own.is_counted]


def _prepare_activity_form() -> tuple[type[ActivityForm], dict[str, Any]]:
    """Return the form for the person's own licenses, and what it must be given."""
    licenses = _find_counted_licenses()
    return build_activity_form_class(licenses), {"today": _today(), "licenses": licenses}


def _render_dates_page(own: OwnLicense, form: CycleForm) -> str:
    return render_template("credit/cycles/dates.html", own=own, form=form)


def _render_activity_page(
    activity: OutsideActivity,
    *,
    form: ActivityForm | None = None,
    evidence_form: EvidenceForm | None = None,
) -> str:
    if form is None:
        licenses = _find_counted_licenses()
        form = build_activity_form_class(licenses)(
            today=_today(), licenses=licenses, **build_activity_values(activity, licenses)
        )
    return render_template(
        "credit/cycles/activity.html",
        form=form,
        activity=activity,
        evidence_form=evidence_form or EvidenceForm(),
    )
