"""The pages on which somebody from an authority reads a course; nothing there records learning."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import SIGN_IN, build_url_after_sign_in, current_actor, public
from cpd.applications.archives.application_loading import (
    Application,
    find_authority,
    load_application,
)
from cpd.applications.archives.archive_building import build_sample
from cpd.applications.archives.documents import SHOWN, find_document
from cpd.applications.archives.exam_document import describe_grading
from cpd.applications.blueprint import bp
from cpd.applications.readable_cases import ReadableCase, find_readable_cases
from cpd.applications.readers import queries
from cpd.applications.readers.models import CourseReader
from cpd.authoring.pages import note_opened_keys
from cpd.cases.scales import Pool
from cpd.certificates.samples import can_build_samples
from cpd.content.document import CrossLink
from cpd.courses.queries import Course, find_course_in_version
from cpd.courses.reading.whole_course import render_whole_course
from cpd.courses.sources import Sources
from cpd.credit.authority_loading import load_authorities
from cpd.db import Page, db
from cpd.kernel import clock
from cpd.web.reading import read_page_number

PDF = "application/pdf"


@dataclass(frozen=True)
class WholeCourseAddress:
    """Makes the addresses of a course's parts for a reader, to whom all of it is one page."""

    public_id: str

    def __call__(self, link: CrossLink) -> str:
        """Return where a link of the course leads."""
        anchor = f"{link.type}-{link.slug}" + (f"--{link.anchor}" if link.anchor else "")
        return url_for("applications.read_course", public_id=self.public_id, _anchor=anchor)


@bp.get("/reading/<string:public_id>")
@public
def show_reading(public_id: str) -> ResponseReturnValue:
    """Show what there is to read."""
    reader = _own_reading_or_404(public_id)
    return _render_page(
        "applications/readers/overview.html",
        reader,
        documents=SHOWN,
        makes_pdf=can_build_samples() and find_authority(reader.authority) is not None,
    )


@bp.get("/reading/<string:public_id>/course")
@public
def read_course(public_id: str) -> ResponseReturnValue:
    """Show the whole course on one page."""
    reader = _own_reading_or_404(public_id)
    course = find_course_in_version(db.session(), reader.course_revision)
    return _render_page(
        "applications/readers/course.html",
        reader,
        text=render_whole_course(course, is_kept=False, has_pages=False),
    )


@bp.get("/reading/<string:public_id>/<any(practice, exam):pool>")
@public
def read_cases(public_id: str, pool: str) -> ResponseReturnValue:
    """Show cases with their right answers and reasons, page by page.

    Whoever has seen a key is never examined on that case.
    """
    reader = _own_reading_or_404(public_id)
    session, revision = db.session(), reader.course_revision
    found = find_readable_cases(session, revision, Pool(pool), page=read_page_number())
    if found is None:
        abort(404)
    course = find_course_in_version(session, revision)
    note_opened_keys(revision.document.course_id, *(case.path for case in found.rows))
    return _render_page(
        "applications/readers/cases.html",
        reader,
        pool=pool,
        cases=found,
        grading=_describe_grading(course, found) if pool == Pool.EXAM else (),
        course=course,
        sources=Sources(course, link_target=WholeCourseAddress(public_id)),
    )


def _describe_grading(course: Course, cases: Page[ReadableCase]) -> Sequence[str]:
    """Return how the exam is graded, for the first page of its cases."""
    if cases.number > 1:
        return ()
    return tuple(describe_grading(course.outline.exam.policy, cases.count))


@bp.get("/reading/<string:public_id>/documents/<string:name>")
@public
def read_document(public_id: str, name: str) -> ResponseReturnValue:
    """Show one document of the application."""
    reader = _own_reading_or_404(public_id)
    document = find_document(db.session(), _application_or_404(reader), name) or abort(404)
    return _render_page("applications/readers/document.html", reader, document=document)


@bp.get("/reading/<string:public_id>/sample-certificate")
@public
def download_sample(public_id: str) -> ResponseReturnValue:
    """Send the sample certificate."""
    reader = _own_reading_or_404(public_id)
    if not can_build_samples():
        abort(404)
    content = build_sample(db.session(), _application_or_404(reader))
    response = Response(content, content_type=PDF)
    response.headers.set("Content-Disposition", "attachment", filename="sample-certificate.pdf")
    return response


def _own_reading_or_404(public_id: str) -> CourseReader:
    """Return what the reader may read now; visitors are sent to sign in."""
    actor = current_actor()
    if not actor.is_signed_in:
        abort(redirect(url_for(SIGN_IN, next=build_url_after_sign_in()), 303))
    found = queries.find_own_reading(db.session(), actor, public_id, now=clock.now())
    return found or abort(404)


def _application_or_404(reader: CourseReader) -> Application:
    authority = find_authority(reader.authority) or abort(404)
    today = clock.now().date()
    return load_application(db.session(), reader.course_revision, authority, today=today)


def _render_page(template: str, reader: CourseReader, **values: object) -> str:
    """Render a page that says for whom and until when somebody reads."""
    authority = load_authorities().get(reader.authority)
    return render_template(
        template,
        reader=reader,
        course_title=reader.course_revision.title,
        overview=url_for(".show_reading", public_id=reader.public_id),
        authority_name=authority.file.name if authority else reader.authority,
        **values,
    )
