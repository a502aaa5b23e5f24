"""“Something wrong here?” on every page, and the queue for those who answer."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Actor, Permission
from cpd.accounts import queries as people
from cpd.accounts.models import Person
from cpd.accounts.tokens import hash_request_network
from cpd.authoring.hooks import FollowUp
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.mail.emails import site_sends_emails
from cpd.remarks import actions, editing, queries, reported_pages
from cpd.remarks.actions import NewRemark, TooManyRemarks
from cpd.remarks.forms import STATE_WORDS, AnswerForm, MoveForm, RemarkForm
from cpd.remarks.models import Remark, RemarkState
from cpd.remarks.reported_pages import Page
from cpd.web.errors import add_retry_error
from cpd.web.formatting import format_day
from cpd.web.forms import NoFields
from cpd.web.markup import render_markup
from cpd.web.reading import read_page_number

bp = Blueprint("remarks", __name__, url_prefix="/remarks", template_folder="templates")

WRONG, TOO_OFTEN = 422, 429
ALL = "all"
ON_WORKBENCH = 5
"""How many remarks the page on which authors begin shows before it links to all of them."""


# For everyone


@bp.get("/new")
@public
def show_remark_form() -> ResponseReturnValue:
    """Ask what is wrong with a page."""
    page = reported_pages.parse_page_path(request.args.get("page"))
    return _render_remark_form(RemarkForm(page=page.path), page)


@bp.post("")
@public
def send_remark() -> ResponseReturnValue:
    """Store a remark, with the version of the text that its sender was shown."""
    form, now = RemarkForm.from_request(), clock.now()
    page = reported_pages.parse_page_path(form.page.data)
    if not form.validate():
        return _render_remark_form(form, page), WRONG
    shown = reported_pages.find_shown_revisions(db.session(), current_actor(), page)
    new = NewRemark(
        text=form.text.data or "",
        page=page.path,
        email=form.email.data or "",
        source=hash_request_network(),
        revision_id=shown.revision_id,
        course_revision_id=shown.course_revision_id,
    )
    with unit_of_work() as session:
        result = actions.save_remark(session, new, actor=current_actor(), now=now)
    if isinstance(result, TooManyRemarks):
        reason = _("We received a great many remarks within the last hour.")
        headers = add_retry_error(form, reason, result.until, now=now)
        return _render_remark_form(form, page), TOO_OFTEN, headers
    return redirect(url_for(".thank_for_remark", page=page.path or None), 303)


def _render_remark_form(form: RemarkForm, page: Page) -> str:
    actor = current_actor()
    return render_template(
        "remarks/ask.html",
        form=form,
        page=page.path,
        about=reported_pages.find_shown_revisions(db.session(), actor, page).title,
        is_signed_in=actor.is_signed_in,
    )


@bp.get("/sent")
@public
def thank_for_remark() -> ResponseReturnValue:
    """Thank the sender, and link back to the page."""
    page = reported_pages.parse_page_path(request.args.get("page"))
    return render_template("remarks/sent.html", back=page.path if page.endpoint else "")


# For the sender


@bp.get("/mine")
@requires(Permission.REMARK_READ)
def list_own_remarks() -> ResponseReturnValue:
    """List what the actor has sent, with the answers."""
    page = read_page_number()
    own = queries.find_own_remarks(db.session(), current_actor(), page=page) or abort(404)
    return render_template("remarks/mine.html", own=own, words=STATE_WORDS)


def render_record_panel(session: Session, actor: Actor) -> Markup:
    """Return the link to the actor's own remarks; empty if there are none."""
    sent, answered = queries.count_own_remarks(session, actor)
    return render_markup("remarks/_record.html", sent=sent, answered=answered)


# For those who answer


@bp.get("")
@requires(Permission.REMARK_ANSWER)
def list_remarks() -> ResponseReturnValue:
    """List the remarks in one state, or all of them, the newest first."""
    wanted = request.args.get("state", RemarkState.OPEN.value)
    if wanted not in {ALL, *RemarkState}:
        abort(404)
    state = None if wanted == ALL else RemarkState(wanted)
    page = read_page_number()
    queue = queries.find_remark_queue(db.session(), current_actor(), state, page=page) or abort(404)
    return render_template("remarks/index.html", queue=queue, wanted=wanted, words=STATE_WORDS)


@bp.get("/<string:public_id>")
@requires(Permission.REMARK_ANSWER)
def show_remark(public_id: str) -> ResponseReturnValue:
    """Show one remark and what was done about it."""
    remark = _remark_or_404(public_id)
    return _render_remark_page(remark, MoveForm())


@bp.post("/<string:public_id>/draft")
@requires(Permission.DRAFT_WRITE)
def edit_remarked_file(public_id: str) -> ResponseReturnValue:
    """Open the draft of the file that a remark is about, and start it if there is none."""
    NoFields.from_request()
    remark, actor = _remark_or_404(public_id), current_actor()
    file = editing.find_remarked_file(db.session(), actor, remark)
    if file is None:
        abort(409, _("The course no longer has this file, or the remark is about no file."))
    with unit_of_work() as session:
        draft = editing.start_draft_for_remark(
            session, remark.id, file, actor=actor, now=clock.now()
        )
        draft_id = draft.public_id
    return redirect(url_for("authoring.edit_draft", public_id=draft_id), 303)


def render_workbench_panel(session: Session, actor: Actor) -> Markup:
    """Return the newest open remarks for the page on which authors begin."""
    queue = queries.find_remark_queue(session, actor, RemarkState.OPEN, page=1)
    if queue is None or not queue.remarks:
        return Markup("")
    return render_markup("remarks/_workbench.html", queue=queue, most=ON_WORKBENCH)


def build_follow_ups(
    session: Session, actor: Actor, draft_ids: Sequence[int]
) -> Sequence[FollowUp]:
    """Return the remarks that can be answered now that these drafts are published."""
    message = _("A reader’s remark led to this change. You can answer it now.")
    return [
        FollowUp(url_for("remarks.show_remark", public_id=remark.public_id), message)
        for remark in queries.find_changed_remarks(session, actor, draft_ids)
    ]


@bp.post("/<string:public_id>/answers")
@requires(Permission.REMARK_ANSWER)
def answer_remark(public_id: str) -> ResponseReturnValue:
    """Answer the sender, who reads it on their own page and in an email."""
    remark, form = _remark_or_404(public_id), AnswerForm.from_request()
    if _describe_way_to_sender(remark, _find_sender(remark)) is None:
        abort(404)
    if not form.validate():
        return _render_remark_page(remark, MoveForm(), answer=form), WRONG
    answer = partial(actions.answer_remark, remark=remark, answer=form.answer.data or "")
    return _write_and_redirect(
        answer, public_id, _("Your answer was saved, and the sender can read it.")
    )


@bp.post("/<string:public_id>/moves")
@requires(Permission.REMARK_ANSWER)
def change_remark_state(public_id: str) -> ResponseReturnValue:
    """Set the state of a remark, with a note."""
    remark, form = _remark_or_404(public_id), MoveForm.from_request()
    if not form.validate():
        return _render_remark_page(remark, form), WRONG
    change = partial(
        actions.change_remark_state,
        remark=remark,
        state=RemarkState(form.state.data),
        note=form.note.data or "",
    )
    return _write_and_redirect(change, public_id, _("Your note is saved."))


@bp.post("/<string:public_id>/erasure")
@requires(Permission.REMARK_ERASE)
def erase_remark(public_id: str) -> ResponseReturnValue:
    """Delete a remark for good, such as one that says something about a client."""
    NoFields.from_request()
    remark = _remark_or_404(public_id)
    with unit_of_work() as session:
        actions.erase_remark(session, remark, actor=current_actor(), now=clock.now())
    flash(_("The remark is erased."), "good")
    return redirect(url_for(".list_remarks"), 303)


def _write_and_redirect(
    write: Callable[..., object], public_id: str, message: str
) -> ResponseReturnValue:
    """Write to a remark and show it again; 404 if someone has erased it in the meantime."""
    try:
        with unit_of_work() as session:
            write(session, actor=current_actor(), now=clock.now())
    except actions.RemarkErasedError:
        abort(404)
    flash(message, "good")
    return redirect(url_for(".show_remark", public_id=public_id), 303)


def _remark_or_404(public_id: str) -> Remark:
    return queries.find_remark(db.session(), current_actor(), public_id) or abort(404)


def _find_sender(remark: Remark) -> Person | None:
    if remark.subject is None:
        return None
    return people.find_person_by_subject(db.session(), remark.subject)


def _describe_way_to_sender(remark: Remark, sender: Person | None) -> str | None:
    """Say how an answer reaches the sender; None if it cannot."""
    if sender is not None:
        if site_sends_emails():
            return str(_("They will get it by email and find it under “Your remarks”."))
        return str(_("They will find it under “Your remarks”. This site sends no emails."))
    if remark.email and site_sends_emails():
        return str(_("They will get it by email."))
    return None


def _propose_answer(remark: Remark) -> str:
    """Return the answer to an open remark that led to a change; empty for any other."""
    if remark.changed_at is None or remark.state is not RemarkState.OPEN:
        return ""
    return str(
        _(
            "Thank you for telling us. We changed the text on %(day)s.",
            day=format_day(remark.changed_at),
        )
    )


def _render_remark_page(remark: Remark, form: MoveForm, *, answer: AnswerForm | None = None) -> str:
    session, sender = db.session(), _find_sender(remark)
    subjects = {move.actor for move in remark.moves}
    return render_template(
        "remarks/show.html",
        remark=remark,
        form=answer or form,
        answer_form=answer or AnswerForm(answer=_propose_answer(remark)),
        move_form=form,
        sender=sender,
        way_to_sender=_describe_way_to_sender(remark, sender),
        names=people.find_names_by_subject(session, subjects),
        words=STATE_WORDS,
        page_url=reported_pages.build_url_for_reader(current_actor(), remark.page),
        may_edit=current_actor().may(Permission.DRAFT_WRITE),
        may_erase=current_actor().may(Permission.REMARK_ERASE),
    )
