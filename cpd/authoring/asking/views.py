"""The page of a draft's review: who is asked, what they said, and what is still missing."""

from collections.abc import Sequence
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.accounts import queries as people
from cpd.accounts.rules.addresses import is_plausible_address, normalize_address
from cpd.authoring.asking import actions
from cpd.authoring.asking.actions import NothingChangedError
from cpd.authoring.asking.reviewers import Invitee
from cpd.authoring.blueprint import bp
from cpd.authoring.course_titles import title_of_draft
from cpd.authoring.drafts.models import UNDER_REVIEW, Draft, DraftState
from cpd.authoring.drafts.queries import find_drafts_started_with, find_open_drafts
from cpd.authoring.pages import draft_or_404
from cpd.authoring.review import queries
from cpd.authoring.review.forms import AskForm, InviteesForm, ResolutionForm
from cpd.authoring.review.labels import REASONS, VERDICTS
from cpd.authoring.review.places import describe_place
from cpd.authoring.review.preparing import PreparedText, prepare_text_or_faults
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields

WRONG = 422


@bp.get("/drafts/<string:public_id>/review")
@requires(Permission.DRAFT_WRITE)
def show_draft_review(public_id: str) -> ResponseReturnValue:
    """Show who reviews a draft, what they said, and what is still missing."""
    draft, form = draft_or_404(public_id), AskForm(drafts=request.args.getlist("also"))
    if draft.base_revision_id is None:  # a new case goes to review with its new card and source
        beside = [one.public_id for one in find_drafts_started_with(db.session(), draft)]
        form.drafts.data = list(dict.fromkeys([*form.drafts.data, *beside]))
    return _render_review_page(draft, form)


def _render_review_page(draft: Draft, form: AskForm) -> str:
    session = db.session()
    reviews = queries.find_reviews_of_file(session, draft)
    others = find_open_drafts(session, current_actor(), course=draft.course)
    present = queries.find_present_text(session, draft)
    records = queries.build_review_records(reviews)
    givers = {opinion.given_by for review in reviews for opinion in review.opinions}
    return render_template(
        "authoring/review/state.html",
        draft=draft,
        is_open=draft.state is DraftState.OPEN,
        is_under_review=draft.state in UNDER_REVIEW,
        is_published=draft.state is DraftState.STANDING,
        form=form,
        reviews=reviews,
        reason=queries.find_reason_against_approval(session, draft),
        is_sent=present is not None,
        disputed={
            record.reviewer
            for record in records
            if present and record.list_open_disputes(present) - {present.key_hash}
        },
        others=[other for other in others if other.id != draft.id],
        accounts=queries.find_reviewer_accounts(session, now=clock.now()),
        names=people.find_names_by_subject(session, givers),
        now=clock.now(),
        REASONS=REASONS,
        VERDICTS=VERDICTS,
        describe_place=describe_place,
    )


@bp.post("/drafts/<string:public_id>/review")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def ask_for_review(public_id: str) -> ResponseReturnValue:
    """Ask reviewers and guests about this draft and others of its course."""
    draft, form = draft_or_404(public_id), AskForm.from_request()
    if draft.state is not DraftState.OPEN:
        abort(409, _("This draft is closed."))
    now = clock.now()
    asked = parse_asked(form, now=now)
    prepared = _prepare_texts(form, [draft, *_find_chosen_drafts(form, draft)])
    if not form.validate() or form.form_errors:
        return _render_review_page(draft, form), WRONG
    with unit_of_work() as session:
        report = actions.ask_for_review(
            session, prepared, asked, note=form.note.data or "", actor=current_actor(), now=now
        )
    flash_who_was_asked(report)
    return redirect(url_for(".show_draft_review", public_id=public_id), 303)


def flash_who_was_asked(report: actions.AskReport) -> None:
    """Say who was asked, and who was not and why."""
    count = len(report.requests)
    if count:
        flash(ngettext("One reviewer was asked.", "%(num)s reviewers were asked.", count), "good")
    for one in report.refused:
        name = one.person.name if one.person else one.email
        flash(
            _(
                "%(name)s wrote in these files or has seen their right answers, and cannot review "
                "them.",
                name=name,
            ),
            "warn",
        )
    for one in report.partly_refused:
        name = one.person.name if one.person else one.email
        flash(
            _(
                "%(name)s was asked only about the files in which they have neither written nor "
                "seen the right answer.",
                name=name,
            ),
            "info",
        )


def _find_chosen_drafts(form: AskForm, draft: Draft) -> list[Draft]:
    open_ones = find_open_drafts(db.session(), current_actor(), course=draft.course)
    return [one for one in open_ones if one.public_id in form.drafts.data and one.id != draft.id]


def _prepare_texts(form: AskForm, drafts: Sequence[Draft]) -> list[PreparedText]:
    """Return the texts to send; a draft with faults becomes a mistake on the form."""
    prepared = []
    for draft in drafts:
        text = prepare_text_or_faults(db.session(), draft)
        if isinstance(text, PreparedText):
            prepared.append(text)
        else:
            form.form_errors.append(
                _(
                    "Fix the faults in “%(title)s” first. Its page lists them.",
                    title=title_of_draft(draft),
                )
            )
    return prepared


def parse_asked(form: InviteesForm, *, now: datetime) -> list[Invitee]:
    """Return whom the form names; mistakes go onto the form."""
    accounts = {p.public_id: p for p in queries.find_reviewer_accounts(db.session(), now=now)}
    asked = [Invitee(person=accounts[one]) for one in form.reviewers.data if one in accounts]
    for line in (form.addresses.data or "").splitlines():
        email = normalize_address(line.strip())
        if not email:
            continue
        if is_plausible_address(email):
            asked.append(Invitee(email=email))
        else:
            form.form_errors.append(_("“%(line)s” is not an email address.", line=line.strip()))
    if not asked and not form.form_errors:
        form.form_errors.append(_("Choose a reviewer, or enter the email address of a guest."))
    return asked


@bp.post("/drafts/<string:public_id>/review/renewal")
@requires(Permission.DRAFT_WRITE)
def send_new_text(public_id: str) -> ResponseReturnValue:
    """Send the present text to everybody who was asked about an earlier one."""
    NoFields.from_request()
    draft = draft_or_404(public_id)
    if draft.state is not DraftState.OPEN:
        abort(409, _("This draft is closed."))
    text = prepare_text_or_faults(db.session(), draft)
    if not isinstance(text, PreparedText):
        form = AskForm()
        form.form_errors.append(_("Fix the faults in the file first. Its page lists them."))
        return _render_review_page(draft, form), WRONG
    with unit_of_work() as session:
        actions.send_new_text(session, text, actor=current_actor(), now=clock.now())
    flash(_("The reviewers were sent the new text."), "good")
    return redirect(url_for(".show_draft_review", public_id=public_id), 303)


@bp.post("/drafts/<string:public_id>/review/<string:review>/resolution")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def resolve_disputes(public_id: str, review: str) -> ResponseReturnValue:
    """Store with which source the author changed what a reviewer disputed."""
    draft, form = draft_or_404(public_id), ResolutionForm.from_request()
    row = queries.find_written_review(db.session(), current_actor(), review) or abort(404)
    if (row.draft.course_id, row.draft.path) != (draft.course_id, draft.path):
        abort(404)
    if not form.validate():
        flash(_("Name the source."), "warn")
        return redirect(url_for(".show_draft_review", public_id=public_id), 303)
    try:
        with unit_of_work() as session:
            actions.resolve_disputes(
                session, draft, row, form.text.data or "", actor=current_actor(), now=clock.now()
            )
    except NothingChangedError:
        abort(409, _("Nothing was saved. Change the text and send it to the reviewers first."))
    return redirect(url_for(".show_draft_review", public_id=public_id), 303)


@bp.post("/review-comments/<string:public_id>/resolution")
@requires(Permission.DRAFT_WRITE)
def resolve_comment(public_id: str) -> ResponseReturnValue:
    """Mark a comment as dealt with."""
    NoFields.from_request()
    comment = queries.find_written_comment(db.session(), current_actor(), public_id) or abort(404)
    draft = queries.find_draft_of_comment(db.session(), comment)
    with unit_of_work() as session:
        actions.resolve_comment(session, comment, actor=current_actor(), now=clock.now())
    return redirect(url_for(".show_draft_review", public_id=draft.public_id), 303)


@bp.post("/review-requests/<string:public_id>/withdrawal")
@requires(Permission.DRAFT_WRITE)
def withdraw_request(public_id: str) -> ResponseReturnValue:
    """Close a request; what its reviewer said stays."""
    NoFields.from_request()
    request = queries.find_written_request(db.session(), current_actor(), public_id) or abort(404)
    with unit_of_work() as session:
        actions.withdraw_request(session, request, actor=current_actor(), now=clock.now())
    flash(_("The request is withdrawn. What the reviewer said is kept."), "info")
    draft = request.reviews[0].draft
    return redirect(url_for(".show_draft_review", public_id=draft.public_id), 303)
