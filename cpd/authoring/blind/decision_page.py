"""The page on which a case is decided blind, and the answers that it sends.

Nothing here may import a key, directly or through another module.
"""

from flask import abort, render_template
from flask_babel import gettext as _
from markupsafe import Markup

from cpd.authoring.blind import actions
from cpd.authoring.blind.actions import ReviewClosedError, TextChangedError
from cpd.authoring.blind.deciding import build_blind_case
from cpd.authoring.blind.forms import StepForm
from cpd.authoring.blind.models import Review
from cpd.cases.kinds.kind import InvalidAnswerError
from cpd.cases.kinds.registry import KINDS
from cpd.content.placeholders import fill_citations
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.web.country import fill_token_of_reader


def render_blind_page(review: Review, *, fault: str | None = None, decided_by: str = "") -> str:
    """Render the case without its key; `fault` says what is missing."""
    return render_template(
        "authoring/review/decide.html",
        review=review,
        case=build_blind_case(review),
        fault=fault,
        decided_by=decided_by,
        fill=_remove_citations,
        words=lambda answered: KINDS[answered.step.kind].chosen_texts(
            answered.step, answered.answer
        ),
    )


def save_posted_step(review: Review, form: StepForm) -> str | None:
    """Save the answer on a form; return what is wrong with it, or None."""
    case = build_blind_case(review)
    step = case.current_step
    if review.opened_at is not None or step is None or form.step.data != step.id:
        return None  # answered on another page
    try:
        answer = KINDS[step.kind].parse_answer(step, form.choice.data)
    except InvalidAnswerError as fault:
        return str(fault)
    if not answer:
        return str(_("Choose an answer, then continue."))
    try:
        with unit_of_work() as writing:
            actions.save_step_answer(
                writing, review.id, step.id, answer, shown=form.shown.data, now=clock.now()
            )
    except ReviewClosedError:
        abort(404)
    except TextChangedError:
        return describe_changed_text()
    return None


def describe_changed_text() -> str:
    """Say that the page showed an older text."""
    return str(_("The author has changed this case since you opened it. Read it again."))


def _remove_citations(html: str) -> Markup:
    """Return stored HTML without its citations: a source would be a hint."""
    return fill_citations(html, lambda _number, _key: "", local=fill_token_of_reader)[0]
