"""The pages on which administrators let people of an authority read a course."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires, requires_recent_login
from cpd.access.permissions import Permission
from cpd.accounts.people.actions import AddressTakenError
from cpd.accounts.queries import find_contacts_by_subject
from cpd.accounts.sign_in.actions import make_password_link
from cpd.applications.blueprint import bp
from cpd.applications.pages import newest_version_or_404
from cpd.applications.readers import actions, queries
from cpd.applications.readers.actions import NewReader, ReaderRefusal
from cpd.applications.readers.forms import PERIOD_FAULTS, ReaderForm
from cpd.applications.readers.models import CourseReader
from cpd.applications.rules.reading import find_end_of_day, find_period_fault
from cpd.courses.models import Revision
from cpd.credit.authority_loading import load_authorities
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.mail.emails import build_site_url, site_sends_emails
from cpd.web.formatting import load_time_zone
from cpd.web.forms import NoFields
from cpd.web.reading import read_page_number

WRONG = 422


@bp.get("/applications/courses/<string:course>/readers")
@requires(Permission.APPLICATION_MANAGE)
def list_readers(course: str) -> ResponseReturnValue:
    """List who may read a course or could read it, page by page."""
    revision, session = newest_version_or_404(course), db.session()
    found = queries.find_readers_of_course(
        session, current_actor(), revision.document.course_id, page=read_page_number()
    )
    if found is None:
        abort(404)
    return render_template(
        "applications/readers/list.html",
        course=course,
        revision=revision,
        readers=found,
        contacts=find_contacts_by_subject(session, {reader.subject for reader in found.rows}),
        authorities=load_authorities(),
        now=clock.now(),
    )


def _build_form_url(course: str) -> str:
    return url_for(".ask_reader", course=course)


@bp.get("/applications/courses/<string:course>/readers/new")
@requires(Permission.APPLICATION_MANAGE)
@requires_recent_login()
def ask_reader(course: str) -> ResponseReturnValue:
    """Ask who is to read."""
    return _render_form(course, newest_version_or_404(course), _offer_authorities(ReaderForm()))


@bp.post("/applications/courses/<string:course>/readers")
@requires(Permission.APPLICATION_MANAGE)
@requires_recent_login(_build_form_url)
def open_reading(course: str) -> ResponseReturnValue:
    """Let somebody read, and invite them; on a site without emails, show the link once."""
    revision, form = newest_version_or_404(course), _offer_authorities(ReaderForm.from_request())
    if not _is_valid(form):
        return _render_form(course, revision, form), WRONG
    opened, token = _open_reading(form, revision)
    if not isinstance(opened, CourseReader):
        form.email.errors = [opened]
        return _render_form(course, revision, form), WRONG
    if token:
        link = build_site_url(
            "accounts.password.ask_new_password",
            token=token,
            next=url_for(".show_reading", public_id=opened.public_id),
        )
        return render_template("applications/readers/link.html", course=course, link=link)
    flash(_("The invitation is on its way."), "good")
    return redirect(url_for(".list_readers", course=course), 303)


def _is_valid(form: ReaderForm) -> bool:
    if not form.validate() or form.last_day.data is None:
        return False
    today = clock.now().astimezone(load_time_zone()).date()
    fault = find_period_fault(form.last_day.data, today)
    if fault is not None:
        form.last_day.errors = [PERIOD_FAULTS[fault]]
    return fault is None


def _open_reading(form: ReaderForm, revision: Revision) -> tuple[CourseReader | str, str]:
    """Return the reader and the token of a link to set a password, or why nobody was let in."""
    new = NewReader(
        name=form.name.data or "",
        email=form.email.data or "",
        authority=form.authority.data,
        course_revision_id=revision.id,
        until_at=find_end_of_day(form.last_day.data or abort(400), load_time_zone()),
    )
    actor, now = current_actor(), clock.now()
    try:
        with unit_of_work() as session:
            opened = actions.open_reading(session, new, actor=actor, now=now)
            if isinstance(opened, ReaderRefusal):
                return _("This account is locked. Unlock it first."), ""
            reader, person = opened
            token = ""
            if not site_sends_emails() and not person.password_hash:
                token = make_password_link(session, person, actor=actor, now=now)
            return reader, token
    except AddressTakenError:
        return _("Somebody just created an account with this address. Send the form again."), ""


@bp.post("/applications/readers/<string:public_id>/ending")
@requires(Permission.APPLICATION_MANAGE)
def end_reading(public_id: str) -> ResponseReturnValue:
    """Let somebody read no longer."""
    NoFields.from_request()
    reader = queries.find_reader(db.session(), current_actor(), public_id) or abort(404)
    course = reader.course_revision.document.slug
    with unit_of_work() as session:
        actions.end_reading(session, reader, actor=current_actor(), now=clock.now())
    flash(_("They can no longer read the course."), "good")
    return redirect(url_for(".list_readers", course=course), 303)


def _offer_authorities(form: ReaderForm) -> ReaderForm:
    form.offer_authorities(
        (slug, authority.file.name) for slug, authority in load_authorities().items()
    )
    return form


def _render_form(course: str, revision: Revision, form: ReaderForm) -> str:
    return render_template(
        "applications/readers/new.html", course=course, revision=revision, form=form
    )
