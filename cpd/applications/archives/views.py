"""The pages on which administrators see what an application lacks, and download it."""

from dataclasses import dataclass

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from cpd.access import audit
from cpd.access.guard import current_actor, requires, requires_recent_login
from cpd.access.permissions import Permission
from cpd.applications.archives.application_loading import (
    Application,
    find_authority,
    load_application,
    load_cases,
)
from cpd.applications.archives.archive_building import build_archive, describe_missing
from cpd.applications.blueprint import bp
from cpd.applications.pages import newest_version_or_404
from cpd.applications.rules.documents import DOCUMENTS
from cpd.applications.rules.readiness import Lack, Missing
from cpd.authoring.pages import note_opened_keys, send_to_blind_answer_if_asked
from cpd.cases.scales import Pool
from cpd.credit.authority_loading import load_authorities
from cpd.credit.provider_courses import find_courses_to_approve
from cpd.credit.rules.authority_file import DocumentName
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields

ZIP = "application/zip"


@dataclass(frozen=True)
class _MissingLine:
    """One thing that is missing, as the page shows it."""

    document: DocumentName
    sentence: str
    url: str | None
    """Where it is entered."""


@bp.get("/applications")
@requires(Permission.APPLICATION_MANAGE)
def list_courses() -> ResponseReturnValue:
    """List the courses that can be submitted."""
    return render_template(
        "applications/archives/courses.html", courses=find_courses_to_approve(db.session())
    )


@bp.get("/applications/courses/<string:course>")
@requires(Permission.APPLICATION_MANAGE)
def show_course(course: str) -> ResponseReturnValue:
    """Ask to whom a course is submitted."""
    return render_template(
        "applications/archives/course.html",
        course=course,
        revision=newest_version_or_404(course),
        authorities=load_authorities().values(),
        today=clock.now().date(),
    )


@bp.get("/applications/courses/<string:course>/for/<string:authority>")
@requires(Permission.APPLICATION_MANAGE)
def show_application(course: str, authority: str) -> ResponseReturnValue:
    """Show what an application contains, what it lacks, and where that is entered."""
    application = _application_or_404(course, authority)
    asked = application.authority.list_documents(application.today)
    missing = [
        _MissingLine(it.document, describe_missing(it), _find_entry_url(course, it))
        for it in application.missing
    ]
    return render_template(
        "applications/archives/application.html",
        course=course,
        application=application,
        asked=asked,
        documents=DOCUMENTS,
        missing=[it for it in missing if it.document in asked],
        also_missing=[it for it in missing if it.document not in asked],
    )


def _find_entry_url(course: str, missing: Missing) -> str | None:
    """Return where something that is missing is entered; None where no page can help."""
    match missing.lack:
        case Lack.CREDENTIALS | Lack.SOURCES:
            return url_for("authoring.list_course_files", course=course)
        case Lack.RESUME:
            return url_for(".list_instructors", course=course)
        case Lack.POLICY:
            return url_for(".ask_policies", _anchor=missing.about)
        case Lack.AMOUNT:
            return url_for("credit.worksheet", address=course)
        case Lack.PDF:
            return None


def _build_application_url(course: str, authority: str) -> str:
    return url_for(".show_application", course=course, authority=authority)


@bp.post("/applications/courses/<string:course>/for/<string:authority>")
@requires(Permission.APPLICATION_MANAGE)
@requires_recent_login(_build_application_url)
def download_archive(course: str, authority: str) -> ResponseReturnValue:
    """Send the archive; whoever takes it has seen the keys of the exam."""
    NoFields.from_request()
    application = _application_or_404(course, authority)
    session, actor, revision = db.session(), current_actor(), application.course.revision
    cases = load_cases(session, revision, Pool.EXAM)
    paths, course_id = [case.path for case in cases], revision.document.course_id
    send_to_blind_answer_if_asked(course_id, *paths)
    archive = build_archive(session, application, cases, actor=actor)
    note_opened_keys(course_id, *paths)
    with unit_of_work() as writing:
        audit.add_audit_entry(
            writing,
            actor,
            "applications:archive:download",
            now=clock.now(),
            to=revision.public_id,
            authority=authority,
        )
    response = Response(archive, content_type=ZIP)
    name = f"{course}-{authority}.zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _application_or_404(course: str, authority: str) -> Application:
    found, revision = find_authority(authority) or abort(404), newest_version_or_404(course)
    return load_application(db.session(), revision, found, today=clock.now().date())
