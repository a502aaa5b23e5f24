"""Writing to a class, choosing which emails one gets, and stopping them from a link in one."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.mail.emails import site_sends_emails
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.models import Cohort
from cpd.schools.messages import actions, queries
from cpd.schools.messages.actions import (
    AnnouncementKeyTakenError,
    AnnouncementRefusal,
    NewAnnouncement,
)
from cpd.schools.messages.forms import AnnouncementForm, EmailChoicesForm
from cpd.schools.messages.labels import TOPIC_LABELS
from cpd.schools.messages.models import Announcement
from cpd.schools.messages.rules.timing import MessageTopic
from cpd.schools.messages.stop_links import StopLink, parse_stop_token
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    current_reach,
    find_cohort_or_404,
    render_school_page,
)
from cpd.web.csrf import csrf
from cpd.web.reading import read_page_number

_KEY = "ann"

_REFUSALS = {
    AnnouncementRefusal.ARCHIVED: _l("This class is archived, so nobody can write to it."),
    AnnouncementRefusal.NOBODY: _l("Nobody in this class gets announcements, so nothing was sent."),
    AnnouncementRefusal.TOO_MANY: _l(
        "This class got 10 announcements in the last 24 hours. Write again tomorrow."
    ),
}


# Writing to a class


@bp.get("/<string:slug>/classes/<string:public_id>/announcements")
@requires(Permission.ANNOUNCEMENT_SEND, within=find_scope_of_route)
def show_announcements(slug: str, public_id: str) -> ResponseReturnValue:
    """Show what was written to a class, and the form to write to it."""
    del slug
    return _render_announcements(find_cohort_or_404(public_id), AnnouncementForm())


@bp.post("/<string:slug>/classes/<string:public_id>/announcements")
@requires(Permission.ANNOUNCEMENT_SEND, within=find_scope_of_route)
def send_announcement(slug: str, public_id: str) -> ResponseReturnValue:
    """Send an email to everybody in a class."""
    cohort, form = find_cohort_or_404(public_id), AnnouncementForm.from_request()
    if not form.validate():
        return _render_announcements(cohort, form), INVALID
    if not site_sends_emails():
        return _render_announcements(cohort, form), CONFLICT
    new = NewAnnouncement(form.key.data, form.title.data or "", form.text.data or "")
    reach, actor, now = current_reach(), current_actor(), clock.now()
    try:
        with unit_of_work() as session:
            sent = actions.announce_to_class(session, reach, public_id, new, actor=actor, now=now)
    except AnnouncementKeyTakenError:
        sent = AnnouncementRefusal.OUT_OF_REACH
    if sent is AnnouncementRefusal.OUT_OF_REACH:
        abort(404)
    if not isinstance(sent, Announcement):
        form.form_errors.append(str(_REFUSALS[sent]))
        return _render_announcements(cohort, form), CONFLICT
    flash(_("Your email is on its way."), "good")
    return redirect(url_for(".show_announcements", slug=slug, public_id=public_id), 303)


def _render_announcements(cohort: Cohort, form: AnnouncementForm) -> str:
    session = db.session()
    page = queries.find_announcements_page(
        session, current_reach(), cohort, page=read_page_number()
    )
    if page is None:
        abort(404)
    if not form.key.data:
        form.key.data = new_public_id(_KEY)
    return render_school_page(
        "schools/messages/announcements.html",
        cohort.school,
        cohort=cohort,
        form=form,
        page=page,
        names=find_names_by_subject(session, [row.subject for row in page.rows]),
    )


# Choosing


@bp.get("/emails")
@requires(Permission.PROFILE_EDIT)
def ask_email_choices() -> ResponseReturnValue:
    """Show which emails from schools the person gets."""
    stopped = queries.find_stopped_topics(db.session(), current_actor().subject)
    return render_template(
        "schools/messages/choices.html", labels=TOPIC_LABELS, wanted=set(MessageTopic) - stopped
    )


@bp.post("/emails")
@requires(Permission.PROFILE_EDIT)
def choose_emails() -> ResponseReturnValue:
    """Send the person only what they chose."""
    chosen = EmailChoicesForm.from_request().topics.data
    wanted = [topic for topic in MessageTopic if topic in chosen]
    with unit_of_work() as session:
        actions.choose_topics(session, wanted, actor=current_actor(), now=clock.now())
    flash(_("Saved."), "good")
    return redirect(url_for(".ask_email_choices"), 303)


# Stopping, without signing in


@bp.get("/emails/stop/<string:token>")
@public
def ask_to_stop(token: str) -> ResponseReturnValue:
    """Show the button that stops emails of one kind."""
    return _render_stop_page(_parse_token_or_404(token), is_stopped=False)


@bp.post("/emails/stop/<string:token>")
@public
def stop_emails(token: str) -> ResponseReturnValue:
    """Stop emails of one kind, for a person or for their mail program, which has no CSRF token.

    https://www.rfc-editor.org/rfc/rfc8058 forbids to answer it with a redirect.
    """
    link = _parse_token_or_404(token)
    with unit_of_work() as session:
        actions.stop_topic(session, link.subject, link.topic, now=clock.now())
    return _render_stop_page(link, is_stopped=True)


csrf.exempt(stop_emails)


def _parse_token_or_404(token: str) -> StopLink:
    return parse_stop_token(token) or abort(404)


def _render_stop_page(link: StopLink, *, is_stopped: bool) -> str:
    return render_template("schools/messages/stop.html", topic=link.topic, is_stopped=is_stopped)
