"""Adding a picture to a draft: a page, and the same for the script of the editor."""

from flask import abort, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.actions import DraftClosedError, DraftTooLongError, SaveOutcome
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.editor.answers import write_answers
from cpd.authoring.editor.field_tree import Control, KnownNames, Question
from cpd.authoring.editor.form_pages import EditedFile, parse_edited_file
from cpd.authoring.editor.value_names import iterate_named_questions
from cpd.authoring.pages import draft_or_404
from cpd.authoring.pictures import actions
from cpd.authoring.pictures.actions import PreparedPicture
from cpd.authoring.pictures.forms import DescriptionForm, PictureForm
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.media.labels import REFUSALS
from cpd.media.refusals import PictureRefusedError
from cpd.web.forms import build_choice
from cpd.web.reading import read_uploaded_file

CONFLICT, WRONG = 409, 422


@bp.get("/drafts/<string:public_id>/picture")
@requires(Permission.DRAFT_WRITE)
def choose_picture(public_id: str) -> ResponseReturnValue:
    """Ask for a picture, what it shows, and the text in which it belongs."""
    draft = draft_or_404(public_id)
    form = PictureForm(begun_with=draft.text_hash)
    _offer_places(draft, form)
    return _render_picture_page(draft, form)


@bp.post("/drafts/<string:public_id>/picture")
@requires(Permission.DRAFT_WRITE)
def add_picture(public_id: str) -> ResponseReturnValue:
    """Store a picture and put it at the end of the chosen text."""
    draft, form = draft_or_404(public_id), PictureForm.from_request()
    file = _offer_places(draft, form)
    picture = _prepare_or_explain(form) if form.validate() else None
    if picture is None:
        return _render_picture_page(draft, form), WRONG
    text, question = _write_reference(draft, file, form.place.data, picture.reference)
    try:
        outcome = _save_text_with_picture(draft, picture, text, form.begun_with.data)
    except DraftTooLongError:
        form.form_errors.append(_("With this picture, the file would be longer than 64 kB."))
        return _render_picture_page(draft, form), WRONG
    except DraftClosedError:
        abort(404)
    if outcome is SaveOutcome.STALE:
        form.form_errors.append(
            _("The draft was saved after you opened this page. Choose the picture again.")
        )
        form.begun_with.data = draft.text_hash
        return _render_picture_page(draft, form), CONFLICT
    flash(_("The picture was added at the end of the text that you chose."), "good")
    return redirect(url_for(".edit_draft", public_id=public_id, _anchor=question.id), 303)


@bp.post("/drafts/<string:public_id>/picture/reference")
@requires(Permission.DRAFT_WRITE)
def store_picture_for_script(public_id: str) -> ResponseReturnValue:
    """Store a picture and return the line that shows it, for the field that is being written."""
    draft_or_404(public_id)
    form = DescriptionForm.from_request()
    picture = _prepare_or_explain(form) if form.validate() else None
    if picture is None:
        faults = [str(fault) for field in form for fault in field.errors]
        return jsonify(message=" ".join(faults)), WRONG
    with unit_of_work() as session:
        actions.store_picture(session, picture, now=clock.now())
    return jsonify(reference=picture.reference)


def _offer_places(draft: Draft, form: PictureForm) -> EditedFile:
    """Offer the texts of a draft; 404 for a closed draft and one that can only be read as text."""
    file = parse_edited_file(draft.path, draft.text)
    if draft.state is not DraftState.OPEN or not isinstance(file, EditedFile):
        abort(404)
    named = iterate_named_questions(file.type_, file.build_tree(KnownNames()))
    form.place.choices = [build_choice("", _("Choose"))] + [
        build_choice(question.name, name) for question, name in named if _can_hold_picture(question)
    ]
    return file


def _can_hold_picture(question: Question) -> bool:
    """Tell whether a picture can stand at the end of a text; a reason must have words first."""
    is_story = question.key in ("body", "facts")
    is_text = question.control is Control.MARKDOWN and question.is_writable
    return is_text and (is_story or bool(question.text))


def _prepare_or_explain(form: DescriptionForm) -> PreparedPicture | None:
    """Return the picture that was sent, or None once its field says why it is refused."""
    try:
        return actions.prepare_picture(read_uploaded_file("picture"), form.description.data or "")
    except PictureRefusedError as refused:
        form.picture.errors = [REFUSALS[refused.reason]]
        return None


def _write_reference(
    draft: Draft, file: EditedFile, place: str, reference: str
) -> tuple[str, Question]:
    """Return the text of a draft with a picture at the end of one of its texts."""
    tree = file.build_tree(KnownNames())
    question = next(it for it in tree.iterate_questions() if it.name == place)
    words = f"{question.text.rstrip()}\n\n{reference}".lstrip()
    return write_answers(draft.text, tree, {place: [words]}, file.schema).text, question


def _save_text_with_picture(
    draft: Draft, picture: PreparedPicture, text: str, begun_with: str
) -> SaveOutcome:
    with unit_of_work() as session:
        return actions.add_picture_to_draft(
            session,
            draft,
            picture,
            text,
            begun_with=begun_with,
            actor=current_actor(),
            now=clock.now(),
        ).outcome


def _render_picture_page(draft: Draft, form: PictureForm) -> str:
    return render_template("authoring/pictures/add.html", draft=draft, form=form)
