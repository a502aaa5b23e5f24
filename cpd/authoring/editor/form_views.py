"""Editing one file by its form: every value is a question, whose answer goes to its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts import actions, queries
from cpd.authoring.drafts.actions import (
    DraftClosedError,
    DraftTooLongError,
    SaveOutcome,
    SaveReport,
)
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.rules.saving import clean_posted_text
from cpd.authoring.editor import answers, views
from cpd.authoring.editor.answers import Answered, Change
from cpd.authoring.editor.citing import cite_source, list_places_to_cite
from cpd.authoring.editor.field_tree import KnownNames
from cpd.authoring.editor.form_pages import (
    EditedFile,
    build_form_page,
    fill_preview,
    find_part_or_none,
    find_references,
    known_names_of_posted,
    parse_edited_file,
)
from cpd.authoring.editor.forms import AnswersForm, SearchForm, TextForm
from cpd.authoring.pages import draft_or_404, find_names_of_people
from cpd.cases.kinds.registry import best_answer_to_step
from cpd.content.yaml_writing import SpliceError
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.formatting import format_clock_time

_OWN = ("f.", "body")
"""How the names of the fields for values begin."""
_CITE = "cite:"
"""How a button begins that cites a source."""
_PICKS = "picks."
"""Before the name of a field with boxes, of which none may be checked."""
_SAVED_FROM = "draft-saved-from"
"""Under this name the session has the hash of the text from which the last save began."""
_WAYS_ON = {"preview": ".preview_draft", "review": ".show_draft_review"}
"""Where buttons lead that save first, by what they send."""


@bp.get("/drafts/<string:public_id>")
@requires(Permission.DRAFT_WRITE)
def edit_draft(public_id: str) -> ResponseReturnValue:
    """Show the form of a draft; a file without one, or a closed draft, is shown as text."""
    draft, search = draft_or_404(public_id), SearchForm.from_fields(request.args)
    file = parse_edited_file(draft.path, draft.text)
    if draft.state is not DraftState.OPEN or not isinstance(file, EditedFile):
        return redirect(url_for(".edit_text", public_id=public_id))
    return _render_form(draft, file, words=search.words.data or "")


@bp.post("/drafts/<string:public_id>")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def save_draft(public_id: str) -> ResponseReturnValue:
    """Save the answers, and do what the button that was pressed says."""
    draft, sent = draft_or_404(public_id), _read_sent()
    file = parse_edited_file(draft.path, sent.base)
    if not isinstance(file, EditedFile):
        return redirect(url_for(".edit_text", public_id=public_id), 303)
    done, anchor = _write_sent(file, sent)
    try:
        saved = _save_text(draft, sent, done.text, is_autosave=False)
    except DraftTooLongError:
        done.errors["body"] = _("The file is longer than 64 kB. Nothing was saved yet.")
        return _render_form(draft, file, sent=sent, errors=done.errors), views.WRONG
    except DraftClosedError:
        closed = TextForm(text=done.text, begun_with=sent.form.begun_with.data)
        return views.render_text_page(draft_or_404(public_id), closed), views.CONFLICT
    if saved.outcome is SaveOutcome.STALE:
        mine = TextForm(text=done.text, begun_with=saved.draft.text_hash)
        return views.render_conflict_page(saved.draft, mine), views.CONFLICT
    now = parse_edited_file(draft.path, saved.draft.text)
    if done.errors and isinstance(now, EditedFile):
        return _render_form(saved.draft, now, sent=sent, errors=done.errors), views.WRONG
    session[_SAVED_FROM] = sent.form.begun_with.data
    return _redirect_after_save(public_id, sent.form, anchor)


@bp.post("/drafts/<string:public_id>/answers")
@requires(Permission.DRAFT_WRITE)
def autosave_answers(public_id: str) -> ResponseReturnValue:
    """Save what the form's script sends while somebody writes."""
    draft, sent = draft_or_404(public_id), _read_sent()
    file = parse_edited_file(draft.path, sent.base)
    if not isinstance(file, EditedFile):
        return jsonify(message=_("Open the draft as text to save it.")), views.CONFLICT
    done, _anchor = _write_sent(file, sent)
    if done.errors:
        return jsonify(message=next(iter(done.errors.values()))), views.WRONG
    saved = views.autosave_or_message(lambda: _save_text(draft, sent, done.text, is_autosave=True))
    if not isinstance(saved, Draft):
        return saved
    return jsonify(
        begun_with=saved.text_hash, text=saved.text, clock=format_clock_time(saved.edited_at)
    )


@bp.get("/drafts/<string:public_id>/preview")
@requires(Permission.DRAFT_WRITE)
def preview_draft(public_id: str) -> ResponseReturnValue:
    """Show the file as readers see it; nobody's answers are kept."""
    draft = draft_or_404(public_id)
    loaded = queries.load_course_with_draft(db.session(), draft, applies_rules=False)
    part = find_part_or_none(loaded, draft.path)
    case = loaded.bundle.built.get(part.slug) if loaded.bundle and part else None
    keys = case.key.steps if case else ()
    return render_template(
        "authoring/editor/preview.html",
        draft=draft,
        part=part,
        case=case,
        best_answers={key.id: best_answer_to_step(key) for key in keys},
        fill=fill_preview,
    )


@dataclass(frozen=True)
class _Sent:
    """What the form of a draft sent."""

    form: AnswersForm
    answers: Mapping[str, Sequence[str]]
    """By the name of the field."""

    @property
    def base(self) -> str:
        """The text that the form was made of."""
        return clean_posted_text(self.form.text.data)


def _read_sent() -> _Sent:
    own = {name: request.form.getlist(name) for name in request.form if name.startswith(_OWN)}
    picks = [name for name in request.form if name.startswith(_PICKS)]
    for name in picks:
        own[name.removeprefix(_PICKS)] = ["", *request.form.getlist(name.removeprefix(_PICKS))]
    others = [it for it in request.form.items(multi=True) if it[0] not in own.keys() | set(picks)]
    return _Sent(AnswersForm.from_fields(MultiDict(others)), own)


def _save_text(draft: Draft, sent: _Sent, text: str, *, is_autosave: bool) -> SaveReport:
    with unit_of_work() as writing:
        return actions.save_draft(
            writing,
            draft.id,
            text,
            begun_with=sent.form.begun_with.data,
            actor=current_actor(),
            now=clock.now(),
            is_autosave=is_autosave,
        )


def _write_sent(file: EditedFile, sent: _Sent) -> tuple[Answered, str | None]:
    """Return the text with the answers and the change of the button, and where to go on."""
    names = [name for name in sent.answers if name.startswith("f.")]
    tree = file.build_tree(known_names_of_posted(names))
    known = {question.name for question in tree.iterate_questions()}
    if not sent.answers.keys() <= known:
        abort(400, _("This page does not match the text. Go back, reload it and try again."))
    done = answers.write_answers(sent.base, tree, sent.answers, file.schema)
    act = sent.form.act.data or ""
    if act.startswith(_CITE):
        return _cite_found_source(done, file, sent.form, act.removeprefix(_CITE))
    change = Change.from_button(act)
    if change is None:
        return done, None
    if change not in answers.find_changes(tree):
        abort(400, _("This cannot be moved or added. Go back, reload the page and try again."))
    try:
        done.text = answers.make_change(done.text, tree, change, file.schema)
    except SpliceError as refused:
        done.errors["act"] = f"{refused.message} {refused.remedy}"
    return done, answers.anchor_after_change(tree, change)


def _cite_found_source(
    done: Answered, file: EditedFile, form: AnswersForm, key: str
) -> tuple[Answered, str | None]:
    """Return the text with a source cited at the chosen place, and where to go on."""
    place = form.cite_in.data or ""
    now = parse_edited_file(file.front.places.file, done.text)
    cited = cite_source(done.text, now, place, key) if isinstance(now, EditedFile) else None
    if cited is None:
        done.errors["act"] = _("Choose the text in which the source is cited.")
        return done, None
    done.text = cited
    return done, place.replace(".", "-")


def _redirect_after_save(
    public_id: str, form: AnswersForm, anchor: str | None
) -> ResponseReturnValue:
    if form.act.data == "find":
        words = form.words.data or ""
        return redirect(
            url_for(".edit_draft", public_id=public_id, words=words, _anchor="find"), 303
        )
    if (place := _WAYS_ON.get(form.act.data or "")) is not None:
        return redirect(url_for(place, public_id=public_id), 303)
    if anchor is None:
        flash(_("Saved."), "good")
    return redirect(url_for(".edit_draft", public_id=public_id, _anchor=anchor), 303)


def _render_form(
    draft: Draft,
    file: EditedFile,
    *,
    words: str = "",
    sent: _Sent | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    loaded = queries.load_course_with_draft(db.session(), draft)
    return render_template(
        "authoring/editor/form.html",
        page=build_form_page(
            draft, file, loaded, posted=sent.answers if sent else {}, errors=errors or {}
        ),
        draft=draft,
        saved_from=session.pop(_SAVED_FROM, ""),
        words=words,
        references=find_references(loaded, words),
        places_to_cite=list_places_to_cite(file.type_, file.build_tree(KnownNames())),
        editor=find_names_of_people(draft.edited_by)[draft.edited_by],
    )
