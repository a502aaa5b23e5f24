"""Editing one file: starting a draft, its text, its history, and discarding it."""

from collections.abc import Callable

from flask import Response, abort, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts import actions, queries
from cpd.authoring.drafts.actions import (
    DraftClosedError,
    DraftTooLongError,
    NotDraftableError,
    SaveOutcome,
    SaveReport,
)
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.editor import findings
from cpd.authoring.editor.forms import StartForm, TextForm, VersionForm
from cpd.authoring.pages import (
    draft_or_404,
    find_names_of_people,
    note_opened_keys,
    written_course_or_404,
)
from cpd.authoring.publish.queries import find_newest_course_revision, find_revision_of_file
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.formatting import format_clock_time
from cpd.web.forms import NoFields
from cpd.web.unsent import forget_typed_text

CONFLICT, WRONG = 409, 422


@bp.post("/courses/<string:course>/drafts")
@requires(Permission.DRAFT_WRITE)
def start_draft(course: str) -> ResponseReturnValue:
    """Start a draft of a published file, or open the one that there is."""
    row, form = written_course_or_404(course), StartForm.from_request()
    text = queries.find_course_files(db.session(), row).get(form.path.data) or abort(404)
    newest = find_newest_course_revision(db.session(), row.slug) or abort(404)
    base = find_revision_of_file(db.session(), newest, form.path.data)
    try:
        with unit_of_work() as session:
            draft = actions.start_draft(
                session,
                row,
                form.path.data,
                text,
                base=base,
                actor=current_actor(),
                now=clock.now(),
            )
    except NotDraftableError:
        abort(404)
    return redirect(url_for(".edit_draft", public_id=draft.public_id), 303)


@bp.get("/drafts/<string:public_id>/text")
@requires(Permission.DRAFT_WRITE)
def edit_text(public_id: str) -> ResponseReturnValue:
    """Show the file as text, and what the checks say about it."""
    draft = draft_or_404(public_id)
    return render_text_page(draft, TextForm(text=draft.text, begun_with=draft.text_hash))


@bp.post("/drafts/<string:public_id>/text")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def save_text(public_id: str) -> ResponseReturnValue:
    """Save the text; a stale one is shown beside the newer text and nothing is lost."""
    draft, form = draft_or_404(public_id), TextForm.from_request()
    if not form.validate():
        return render_text_page(draft, form), WRONG
    try:
        saved = _save_posted_text(draft, form, is_autosave=False)
    except DraftTooLongError:
        form.text.errors = [
            _("The file is longer than 64 kB. Nothing was saved yet. Split it into two files.")
        ]
        return render_text_page(draft, form), WRONG
    except DraftClosedError:
        return render_text_page(draft_or_404(public_id), form), CONFLICT
    if saved.outcome is SaveOutcome.STALE:
        return render_conflict_page(saved.draft, form), CONFLICT
    flash(_("Saved."), "good")
    forget_typed_text(f"conflict:{public_id}")
    return redirect(url_for(".edit_text", public_id=public_id), 303)


@bp.post("/drafts/<string:public_id>/autosave")
@requires(Permission.DRAFT_WRITE)
def autosave_text(public_id: str) -> ResponseReturnValue:
    """Save what the page's script sends while somebody writes."""
    draft, form = draft_or_404(public_id), TextForm.from_request()
    saved = autosave_or_message(lambda: _save_posted_text(draft, form, is_autosave=True))
    if not isinstance(saved, Draft):
        return saved
    return jsonify(begun_with=saved.text_hash, clock=format_clock_time(saved.edited_at))


def autosave_or_message(save: Callable[[], SaveReport]) -> Draft | tuple[Response, int]:
    """Return the draft that was saved, or what to tell the script of the page."""
    try:
        saved = save()
    except DraftTooLongError:
        return jsonify(message=_("The file is longer than 64 kB, so it was not saved.")), WRONG
    except DraftClosedError:
        return jsonify(message=_("This draft is closed. Copy your text to keep it.")), CONFLICT
    if saved.outcome is SaveOutcome.STALE:
        return jsonify(
            message=_("Someone else saved this file. Press Save to compare the two texts.")
        ), CONFLICT
    return saved.draft


def _save_posted_text(draft: Draft, form: TextForm, *, is_autosave: bool) -> SaveReport:
    with unit_of_work() as session:
        return actions.save_draft(
            session,
            draft.id,
            form.text.data or "",
            begun_with=form.begun_with.data,
            actor=current_actor(),
            now=clock.now(),
            is_autosave=is_autosave,
        )


def render_text_page(draft: Draft, form: TextForm) -> str:
    """Show a text in its field, and what the checks say about the draft."""
    loaded = queries.load_course_with_draft(db.session(), draft)
    return render_template(
        "authoring/editor/text.html",
        draft=draft,
        form=form,
        is_open=draft.state is DraftState.OPEN,
        findings=findings.find_findings_of_file(loaded, draft.path),
        editor=find_names_of_people(draft.edited_by)[draft.edited_by],
    )


def render_conflict_page(draft: Draft, form: TextForm) -> str:
    """Show both texts; saving from this page replaces the newer one, knowingly."""
    note_opened_keys(draft.course_id, draft.path)
    mine = TextForm(text=form.text.data, begun_with=draft.text_hash)
    return render_template(
        "authoring/editor/conflict.html",
        draft=draft,
        form=mine,
        editor=find_names_of_people(draft.edited_by)[draft.edited_by],
    )


# History


@bp.get("/drafts/<string:public_id>/history")
@requires(Permission.DRAFT_WRITE)
def list_draft_versions(public_id: str) -> ResponseReturnValue:
    """List the texts that a draft had, the newest first."""
    draft = draft_or_404(public_id)
    versions = queries.find_draft_versions(db.session(), draft)
    return render_template(
        "authoring/editor/history.html",
        draft=draft,
        versions=versions,
        names=find_names_of_people(*(version.editor for version in versions)),
        is_open=draft.state is DraftState.OPEN,
    )


@bp.post("/drafts/<string:public_id>/restoration")
@requires(Permission.DRAFT_WRITE)
def restore_draft_version(public_id: str) -> ResponseReturnValue:
    """Make an earlier text the newest one."""
    draft, form = draft_or_404(public_id), VersionForm.from_request()
    if not form.validate() or form.number.data is None:
        abort(404)
    try:
        with unit_of_work() as session:
            actions.restore_draft_version(
                session, draft.id, form.number.data, actor=current_actor(), now=clock.now()
            )
    except LookupError:
        abort(404)
    except DraftClosedError:
        abort(409, _("This draft is closed, so its text stays as it is."))
    flash(_("The draft now has saved text %(number)s again.", number=form.number.data), "good")
    return redirect(url_for(".edit_text", public_id=public_id), 303)


@bp.post("/drafts/<string:public_id>/discard")
@requires(Permission.DRAFT_WRITE)
def discard_draft(public_id: str) -> ResponseReturnValue:
    """Close a draft; its texts stay in its history."""
    NoFields.from_request()
    draft = draft_or_404(public_id)
    try:
        with unit_of_work() as session:
            actions.discard_draft(session, draft.id, actor=current_actor(), now=clock.now())
    except DraftClosedError:
        abort(409, _("This draft is closed already."))
    flash(_("The draft is discarded. Its saved texts stay in its history."), "info")
    return redirect(url_for(".show_workbench"), 303)
