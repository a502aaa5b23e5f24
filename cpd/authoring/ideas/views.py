"""The ideas box: its stories, a new one, and deleting one."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.queries import find_written_courses
from cpd.authoring.ideas import actions, queries
from cpd.authoring.ideas.forms import IdeaForm
from cpd.authoring.ideas.rules.personal_details import find_personal_details
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields
from cpd.web.unsent import forget_typed_text

WRONG = 422


@bp.get("/ideas")
@requires(Permission.DRAFT_WRITE)
def list_ideas() -> ResponseReturnValue:
    """Show the ideas box and a form for a new story."""
    return _render_box(IdeaForm())


@bp.post("/ideas")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def take_down_idea() -> ResponseReturnValue:
    """Take a story down, unless it may say who the client is and nobody has looked again."""
    form = IdeaForm.from_request()
    if not form.validate():
        return _render_box(form), WRONG
    story = form.story.data or ""
    details = find_personal_details(story)
    if details and not form.names_nobody.data:
        form.story.errors = [
            _(
                "This may say who the client is: %(words)s. Take it out, or look again and check "
                "the box below.",
                words=", ".join(f"“{detail.text}”" for detail in details),
            )
        ]
        return _render_box(form, asks_to_look_again=True), WRONG
    with unit_of_work() as session:
        actions.take_down_idea(session, story, actor=current_actor(), now=clock.now())
    flash(_("The idea is in the box."), "good")
    forget_typed_text("ideas")
    return redirect(url_for(".list_ideas"), 303)


@bp.post("/ideas/<string:public_id>/deletion")
@requires(Permission.DRAFT_WRITE)
def delete_idea(public_id: str) -> ResponseReturnValue:
    """Delete a story."""
    NoFields.from_request()
    with unit_of_work() as session:
        idea = queries.find_idea(session, current_actor(), public_id) or abort(404)
        actions.delete_idea(session, idea, actor=current_actor(), now=clock.now())
    flash(_("The idea was deleted."), "info")
    return redirect(url_for(".list_ideas"), 303)


def _render_box(form: IdeaForm, *, asks_to_look_again: bool = False) -> str:
    session, actor = db.session(), current_actor()
    return render_template(
        "authoring/ideas/box.html",
        form=form,
        asks_to_look_again=asks_to_look_again,
        ideas=queries.find_ideas(session, actor),
        courses=find_written_courses(session, actor),
    )
