"""The open key and what its reviewer says about it."""

from flask import abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import keeps_typed_text, public
from cpd.authoring.blind.actions import ReviewClosedError, TextChangedError
from cpd.authoring.blind.decision_page import (
    describe_changed_text,
    render_blind_page,
    save_posted_step,
)
from cpd.authoring.blind.forms import StepForm
from cpd.authoring.blind.models import Review
from cpd.authoring.blind.pages import asked_review_or_404, build_reviewer_actor
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.blueprint import bp
from cpd.authoring.review import actions
from cpd.authoring.review.actions import (
    AnswerIncompleteError,
    NotIntroducedError,
    StillDifferentError,
)
from cpd.authoring.review.comparing import Comparison, build_citation_filler, find_comparison
from cpd.authoring.review.forms import VERDICTS_TO_GIVE, CommentForm, LockForm, OpinionForm
from cpd.authoring.review.places import describe_place
from cpd.cases.kinds.registry import KINDS
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import build_choice
from cpd.web.unsent import forget_typed_text

WRONG = 422


@bp.post("/reviews/<string:public_id>/lock")
@public
@keeps_typed_text
def lock_blind_answer(public_id: str) -> ResponseReturnValue:
    """Store the last answer, lock all of them, and only then open the key."""
    review, form = asked_review_or_404(public_id), LockForm.from_request()
    fault = _save_last_answer(review, form) if form.step.data else None
    if fault is None and not form.validate():
        fault = _("Use at most 4,000 characters to say what decided it.")
    if fault is None:
        fault = _lock_posted_answer(review, form)
    if fault is not None:
        page = render_blind_page(
            asked_review_or_404(public_id), fault=fault, decided_by=form.decided_by.data or ""
        )
        return page, WRONG
    forget_typed_text(f"decided:{public_id}")
    return redirect(url_for(".show_key", public_id=public_id), 303)


def _save_last_answer(review: Review, form: LockForm) -> str | None:
    step = StepForm(shown=form.shown.data, step=form.step.data, choice=form.choice.data)
    step.choice.data = form.choice.data
    return save_posted_step(review, step)


def _lock_posted_answer(review: Review, form: LockForm) -> str | None:
    try:
        with unit_of_work() as writing:
            actions.lock_answer(
                writing,
                review.id,
                form.decided_by.data or "",
                shown=form.shown.data,
                actor=build_reviewer_actor(review.request),
                now=clock.now(),
            )
    except AnswerIncompleteError:
        return str(_("Answer the last question, then lock your answer."))
    except TextChangedError:
        return describe_changed_text()
    except ReviewClosedError:
        return None  # it was locked on another page
    return None


@bp.get("/reviews/<string:public_id>/key")
@public
def show_key(public_id: str) -> ResponseReturnValue:
    """Show both answers side by side, or a file without a key, and ask for an opinion."""
    review = asked_review_or_404(public_id)
    comparison = find_comparison(db.session(), review)
    if comparison is None:
        return redirect(url_for(".decide_blind", public_id=public_id), 303)
    return _render_key_page(comparison, OpinionForm(shown=review.sent_text.text_hash))


def _render_key_page(
    comparison: Comparison, form: OpinionForm, comment: CommentForm | None = None
) -> str:
    _offer_possible_verdicts(form, comparison)
    return render_template(
        "authoring/review/key.html",
        review=comparison.review,
        comparison=comparison,
        form=form,
        comment=comment or _build_comment_form(comparison, CommentForm()),
        fill=build_citation_filler(comparison.sources),
        words=lambda compared: KINDS[compared.step.kind].chosen_texts(
            compared.step, compared.answer
        ),
        describe_place=describe_place,
    )


def _offer_possible_verdicts(form: OpinionForm, comparison: Comparison) -> None:
    """Offer to sign where the answers agree, and to change an answer where they differ."""
    can_change = bool(comparison.steps) and not comparison.may_sign and not comparison.is_other_key
    offered = {
        Verdict.AGREE: comparison.may_sign,
        Verdict.CHANGE_ANSWER: can_change,
        Verdict.DISAGREE: True,
    }
    form.verdict.choices = [
        build_choice(verdict.value, words)
        for verdict, words in VERDICTS_TO_GIVE.items()
        if offered[verdict]
    ]


def _build_comment_form(comparison: Comparison, form: CommentForm) -> CommentForm:
    whole = build_choice("", _("The file as a whole"))
    places = [build_choice(path, _shorten(words)) for path, words in comparison.places]
    form.path.choices = [whole, *places]
    return form


def _shorten(words: str, *, longest: int = 80) -> str:
    return words if len(words) <= longest else f"{words[:longest].rstrip()} …"


@bp.post("/reviews/<string:public_id>/opinion")
@public
@keeps_typed_text
def give_opinion(public_id: str) -> ResponseReturnValue:
    """Store what a reviewer says; agreeing signs the text that the page showed."""
    review = asked_review_or_404(public_id)
    comparison = find_comparison(db.session(), review) or abort(404)
    form = OpinionForm.from_request()
    _offer_possible_verdicts(form, comparison)
    if not form.validate() or _lacks_reason(form):
        return _render_key_page(comparison, form), WRONG
    try:
        _store_opinion(review, form)
    except NotIntroducedError:
        if form.text.data:  # it would be lost on the way
            form.form_errors.append(
                _("Say who is signing: open the link above your comment, then press Save here.")
            )
            return _render_key_page(comparison, form), WRONG
        session["review-back"] = public_id
        flash(
            _("Enter your name and credentials, then press Save again. We ask only once."),
            "info",
        )
        return redirect(url_for(".show_introduction", public_id=review.request.public_id), 303)
    except TextChangedError:
        form.form_errors.append(describe_changed_text())
        return _render_key_page(comparison, form), WRONG
    except (ReviewClosedError, StillDifferentError):
        abort(404)
    forget_typed_text(f"opinion:{public_id}")
    if form.verdict.data == Verdict.CHANGE_ANSWER:
        flash(_("Your answer is changed. You can sign the text now."), "good")
        return redirect(url_for(".show_key", public_id=public_id), 303)
    flash(_("Saved."), "good")
    return redirect(url_for(".show_request", public_id=review.request.public_id), 303)


def _lacks_reason(form: OpinionForm) -> bool:
    """Tell whether a reason is missing, and say so at its field."""
    if form.verdict.data == Verdict.AGREE or form.text.data:
        return False
    form.text.errors = [_("Write the reason and name the source.")]
    return True


def _store_opinion(review: Review, form: OpinionForm) -> None:
    with unit_of_work() as writing:
        actions.give_opinion(
            writing,
            review.id,
            Verdict(form.verdict.data),
            form.text.data or "",
            shown=form.shown.data,
            actor=build_reviewer_actor(review.request),
            now=clock.now(),
        )


@bp.post("/reviews/<string:public_id>/comments")
@public
@keeps_typed_text
def add_review_comment(public_id: str) -> ResponseReturnValue:
    """Store a comment on one sentence or option; it is saved at once."""
    review = asked_review_or_404(public_id)
    comparison = find_comparison(db.session(), review) or abort(404)
    form = _build_comment_form(comparison, CommentForm.from_request())
    if not form.validate():
        opinion = OpinionForm(shown=review.sent_text.text_hash)
        return _render_key_page(comparison, opinion, form), WRONG
    try:
        with unit_of_work() as writing:
            actions.add_comment(
                writing, review.id, form.path.data, form.comment.data or "", now=clock.now()
            )
    except ReviewClosedError:
        abort(404)
    forget_typed_text(f"comment:{public_id}")
    return redirect(url_for(".show_key", public_id=public_id, _anchor="comments"), 303)
