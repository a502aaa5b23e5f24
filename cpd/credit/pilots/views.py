"""The pages on which administrators run pilot groups; people join at the page of the course."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.courses.outlines import load_outline
from cpd.courses.rules.addresses import CourseAddress
from cpd.credit.blueprint import bp
from cpd.credit.course_worksheets import build_course_worksheet
from cpd.credit.pilots import actions, queries
from cpd.credit.pilots.forms import PilotForm
from cpd.credit.pilots.labels import FAULTS
from cpd.credit.pilots.models import Pilot
from cpd.credit.provider_courses import find_courses_to_approve
from cpd.credit.rules.claims import LEAST_LEARNERS, compute_pilot_amount
from cpd.credit.rules.pilots import PilotFault, list_measured_minutes
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields
from cpd.web.reading import read_page_number

WRONG, CONFLICT = 422, 409


@bp.get("/pilots")
@requires(Permission.APPROVAL_MANAGE)
def list_pilots() -> ResponseReturnValue:
    """List the pilot groups."""
    listed = queries.find_pilots(db.session(), current_actor(), page=read_page_number())
    return render_template("credit/pilots/list.html", pilots=listed or abort(404))


@bp.get("/pilots/new")
@requires(Permission.APPROVAL_MANAGE)
def ask_pilot() -> ResponseReturnValue:
    """Ask which course a pilot group takes."""
    return render_template("credit/pilots/new.html", form=_offer_choices(PilotForm()))


@bp.post("/pilots")
@requires(Permission.APPROVAL_MANAGE)
def start_pilot() -> ResponseReturnValue:
    """Start a pilot group, or say why not."""
    form = _offer_choices(PilotForm.from_request())
    if not form.validate():
        return render_template("credit/pilots/new.html", form=form), WRONG
    with unit_of_work() as session:
        made = actions.start_pilot(session, form.slug, actor=current_actor(), now=clock.now())
        public_id = made.public_id if isinstance(made, Pilot) else ""
    if isinstance(made, PilotFault):
        form.course.errors = [FAULTS[made]]
        return render_template("credit/pilots/new.html", form=form), WRONG
    flash(_("The pilot group is ready. Send its link to the people who take part."), "good")
    return redirect(url_for(".show_pilot", public_id=public_id), 303)


def _offer_choices(form: PilotForm) -> PilotForm:
    form.offer_choices(find_courses_to_approve(db.session()))
    return form


@bp.get("/pilots/<string:public_id>")
@requires(Permission.APPROVAL_MANAGE)
def show_pilot(public_id: str) -> ResponseReturnValue:
    """Show how far a pilot group is, or its report."""
    return _render_pilot(_pilot_or_404(public_id))


def _render_pilot(pilot: Pilot, *, fault: str = "") -> str:
    session, revision = db.session(), pilot.course_revision
    report = pilot.report.to_rule() if pilot.report else None
    learners = [] if report else queries.find_pilot_learners(session, pilot)
    worksheet = build_course_worksheet(
        revision, load_outline(session, revision), today=clock.now().date()
    )
    return render_template(
        "credit/pilots/pilot.html",
        pilot=pilot,
        report=report,
        begun=pilot.report.begun if pilot.report else len(learners),
        finished=len(report.minutes_by_learner if report else list_measured_minutes(learners)),
        least=LEAST_LEARNERS,
        allowed=[
            (line, compute_pilot_amount(line, report))
            for line in worksheet.authorities
            if report is not None and line.length is not None
        ],
        fault=fault,
        address=CourseAddress(revision.document.slug, pilot.public_id),
    )


@bp.post("/pilots/<string:public_id>/report")
@requires(Permission.APPROVAL_MANAGE)
def finish_pilot(public_id: str) -> ResponseReturnValue:
    """Finish a pilot group with its report, or say why not."""
    NoFields.from_request()
    pilot = _pilot_or_404(public_id)
    with unit_of_work() as session:
        made = actions.finish_pilot(
            session, session.get_one(Pilot, pilot.id), actor=current_actor(), now=clock.now()
        )
    if isinstance(made, PilotFault):
        return _render_pilot(_pilot_or_404(public_id), fault=FAULTS[made]), CONFLICT
    flash(_("The report is on file. You can attach it to an approval now."), "good")
    return redirect(url_for(".show_pilot", public_id=public_id), 303)


def _pilot_or_404(public_id: str) -> Pilot:
    return queries.find_pilot(db.session(), current_actor(), public_id) or abort(404)
