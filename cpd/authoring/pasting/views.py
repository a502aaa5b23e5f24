"""Turning pasted text into Markdown: a page, and the same for the script of the editors."""

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.pasting.converting import convert_pasted_text
from cpd.authoring.pasting.forms import PasteForm
from cpd.authoring.pasting.labels import describe_losses

WRONG = 422


@bp.get("/pasting")
@requires(Permission.DRAFT_WRITE)
def ask_for_paste() -> ResponseReturnValue:
    """Show the field into which text is pasted."""
    return render_template("authoring/pasting/paste.html", form=PasteForm())


@bp.post("/pasting")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def convert_paste() -> ResponseReturnValue:
    """Show the pasted text as Markdown, and what was lost; nothing is stored."""
    form = PasteForm.from_request()
    if not form.validate():
        return render_template("authoring/pasting/paste.html", form=form), WRONG
    made = convert_pasted_text(form.pasted.data or "")
    return render_template(
        "authoring/pasting/paste.html",
        form=form,
        markdown=made.markdown,
        losses=describe_losses(made.losses),
    )


@bp.post("/pasting/markdown")
@requires(Permission.DRAFT_WRITE)
def convert_paste_for_script() -> ResponseReturnValue:
    """Return pasted HTML as Markdown, for the field into which it was pasted."""
    form = PasteForm.from_request()
    if not form.validate():
        return jsonify(message=" ".join(map(str, form.pasted.errors))), WRONG
    made = convert_pasted_text(form.pasted.data or "")
    return jsonify(markdown=made.markdown, losses=describe_losses(made.losses))
