"""The pages on which administrators ask for archives, watch them being made, and download them."""

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires, requires_recent_login
from cpd.access.permissions import Permission
from cpd.audits.archives import actions, queries
from cpd.audits.archives.actions import MOST_COMPLETIONS, NewArchive
from cpd.audits.archives.forms import ArchiveForm
from cpd.audits.archives.models import AuditArchive
from cpd.audits.blueprint import bp
from cpd.courses.queries import find_course_row
from cpd.credit.provider_courses import find_courses_to_approve
from cpd.db import db, unit_of_work
from cpd.evaluations.summaries.labels import DAY_SPAN_FAULTS
from cpd.kernel import clock
from cpd.kernel.day_spans import DaySpan, find_day_span_fault
from cpd.web.formatting import load_time_zone
from cpd.web.forms import NoFields
from cpd.web.reading import read_page_number

WRONG = 422


@bp.get("/audits")
@requires(Permission.ARCHIVE_MAKE)
def list_archives() -> ResponseReturnValue:
    """List the archives that anyone asked for."""
    page = queries.find_archives(db.session(), current_actor(), page=read_page_number())
    return render_template("audits/archives.html", page=page or abort(404), now=clock.now())


@bp.get("/audits/new")
@requires(Permission.ARCHIVE_MAKE)
@requires_recent_login()
def ask_archive() -> ResponseReturnValue:
    """Ask for the period, the course and the reason."""
    return _render_form(_offer_courses(ArchiveForm()))


@bp.post("/audits")
@requires(Permission.ARCHIVE_MAKE)
@requires_recent_login(lambda **_: url_for("audits.ask_archive"))
def request_archive() -> ResponseReturnValue:
    """Let the worker make an archive, or say what is wrong with the form."""
    form = _offer_courses(ArchiveForm.from_request())
    new = _parse_new_archive(form) if form.validate() else None
    if new is None:
        return _render_form(form), WRONG
    with unit_of_work() as session:
        archive = actions.request_archive(session, new, actor=current_actor(), now=clock.now())
    if archive is None:
        form.last_day.errors = [
            _(
                "More than %(most)s exams were passed in this period. Choose a shorter one.",
                most=MOST_COMPLETIONS,
            )
        ]
        return _render_form(form), WRONG
    return redirect(url_for(".show_archive", public_id=archive.public_id), 303)


def _offer_courses(form: ArchiveForm) -> ArchiveForm:
    form.offer_courses(find_courses_to_approve(db.session()))
    return form


def _parse_new_archive(form: ArchiveForm) -> NewArchive | None:
    """Return what a valid form asks for; None if its days cannot be, which it then says."""
    zone = load_time_zone()
    first, last = form.first_day.data or abort(400), form.last_day.data or abort(400)
    fault = find_day_span_fault(first, last, clock.now().astimezone(zone).date())
    if fault is not None:
        form.last_day.errors = [DAY_SPAN_FAULTS[fault]]
        return None
    slug = form.course.data
    course = (find_course_row(db.session(), slug) or abort(404)) if slug else None
    return NewArchive(
        DaySpan(first, last, zone.key), course.id if course else None, form.reason.data or ""
    )


def _render_form(form: ArchiveForm) -> str:
    return render_template("audits/new_archive.html", form=form, zone=load_time_zone().key)


@bp.get("/audits/<string:public_id>")
@requires(Permission.ARCHIVE_MAKE)
@requires_recent_login()
def show_archive(public_id: str) -> ResponseReturnValue:
    """Show how far an archive is, or its files."""
    archive, now = _archive_or_404(public_id), clock.now()
    sizes = queries.find_part_sizes(db.session(), archive) if archive.is_ready(now) else []
    return render_template("audits/archive.html", archive=archive, sizes=sizes, now=now)


@bp.post("/audits/<string:public_id>/parts/<int:number>")
@requires(Permission.ARCHIVE_MAKE)
@requires_recent_login(lambda public_id, **_: url_for("audits.show_archive", public_id=public_id))
def download_part(public_id: str, number: int) -> ResponseReturnValue:
    """Send one file of an archive, and write down who took it."""
    NoFields.from_request()
    archive, now = _archive_or_404(public_id), clock.now()
    if not archive.is_ready(now):
        flash(_("These files are no longer here, or not here yet."), "info")
        return redirect(url_for(".show_archive", public_id=public_id), 303)
    content = queries.find_part_content(db.session(), archive, number)
    if content is None:
        abort(404)
    with unit_of_work() as session:
        actions.record_download(session, archive, number, actor=current_actor(), now=now)
    return _build_zip_response(archive, number, content)


def _build_zip_response(archive: AuditArchive, number: int, content: bytes) -> Response:
    part = f"-part-{number}-of-{archive.part_count}" if archive.part_count > 1 else ""
    response = make_response(content)
    response.content_type = "application/zip"
    name = f"audit-{archive.first_day}-to-{archive.last_day}{part}.zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _archive_or_404(public_id: str) -> AuditArchive:
    return queries.find_archive(db.session(), current_actor(), public_id) or abort(404)
