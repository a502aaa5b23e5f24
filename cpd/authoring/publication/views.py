"""The page on which drafts of a course are published, and what each of them still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.authoring import hooks
from cpd.authoring.blueprint import bp
from cpd.authoring.course_titles import title_of_draft
from cpd.authoring.drafts import queries as drafting
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.history.differences import compare_files
from cpd.authoring.pages import draft_or_404, find_names_of_people, written_course_or_404
from cpd.authoring.publication import actions
from cpd.authoring.publication.actions import DraftsChangedError, NotApprovedError
from cpd.authoring.publication.forms import PublicationForm
from cpd.authoring.publication.gate import find_reasons_against_publishing
from cpd.authoring.publish.outcomes import CourseMovedError, PublishRefusedError
from cpd.authoring.publish.queries import find_newest_course_revision, find_revision_of_file
from cpd.authoring.review.labels import REASONS
from cpd.authoring.review.rules.approving import Reason
from cpd.content.frontmatter import Fault
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock

CONFLICT, WRONG = 409, 422


@dataclass(frozen=True)
class OpenDraft:
    """An open draft, and everything that keeps it from being published."""

    draft: Draft
    faults: Sequence[Fault]
    reason: Reason | None
    """What its reviewers have yet to do."""

    @property
    def is_ready(self) -> bool:
        """Whether it can be published."""
        return not self.faults and self.reason is None

    @property
    def choice(self) -> str:
        """What its box sends: the draft with the text that the page showed."""
        return f"{self.draft.public_id}/{self.draft.text_hash}"


@bp.get("/courses/<string:course>/publication")
@requires(Permission.DRAFT_WRITE)
def choose_drafts_to_publish(course: str) -> ResponseReturnValue:
    """List the open drafts of a course with what each of them still lacks."""
    return _render_publication_page(written_course_or_404(course), PublicationForm())


@bp.post("/courses/<string:course>/publication")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def publish_chosen_drafts(course: str) -> ResponseReturnValue:
    """Publish the chosen drafts together, or say what keeps them from it."""
    row, form = written_course_or_404(course), PublicationForm.from_request()
    drafts = _find_chosen_drafts(row, form.drafts.data)
    if not form.validate() or not drafts:
        if not drafts:
            form.form_errors.append(_("Choose at least one draft."))
        return _render_publication_page(row, form), WRONG
    if fault := _publish_or_explain(row, drafts, form):
        form.form_errors.append(fault)
        return _render_publication_page(row, form), CONFLICT
    message = ngettext("The draft is published.", "%(num)s drafts are published.", len(drafts))
    flash(message, "good")
    return redirect(_go_on_after_publication(row, drafts), 303)


def _go_on_after_publication(course: CourseRow, drafts: Sequence[Draft]) -> str:
    """Return where to go on: to the first thing that is possible now, or else to the course."""
    ids = [draft.id for draft in drafts]
    found = hooks.follow_ups_of_publication(db.session(), current_actor(), ids)
    for follow_up in (one for part in found for one in part):
        flash(follow_up.message, "info")
        return follow_up.url
    return url_for(".list_course_files", course=course.slug)


def _find_chosen_drafts(course: CourseRow, choices: Sequence[str]) -> list[Draft]:
    """Return the open drafts that were chosen, unless their text is another one now."""
    chosen = set(choices)
    drafts = drafting.find_open_drafts(db.session(), current_actor(), course=course)
    return [draft for draft in drafts if f"{draft.public_id}/{draft.text_hash}" in chosen]


def _publish_or_explain(
    course: CourseRow, drafts: Sequence[Draft], form: PublicationForm
) -> str | None:
    """Publish drafts; returns why nothing was published if it was not."""
    if len(drafts) < len(set(form.drafts.data)):
        return _describe_changed_drafts()
    prepared = actions.prepare_drafts(db.session(), course, drafts)
    if not prepared.loaded.is_sound:
        return "\n".join(map(str, prepared.loaded.faults[:3]))
    try:
        with unit_of_work() as session:
            actions.publish_drafts(
                session,
                prepared,
                reason=form.reason.data or "",
                actor=current_actor(),
                now=clock.now(),
            )
    except (NotApprovedError, DraftsChangedError, CourseMovedError, PublishRefusedError) as refused:
        return _describe_refusal(refused, drafts)
    return None


def _describe_refusal(refused: Exception, drafts: Sequence[Draft]) -> str:
    if isinstance(refused, NotApprovedError):
        path, reason = next(iter(refused.reasons.items()))
        draft = next(draft for draft in drafts if draft.path == path)
        return f"{title_of_draft(draft)}: {REASONS[reason]}"
    if isinstance(refused, DraftsChangedError):
        return _describe_changed_drafts()
    if isinstance(refused, CourseMovedError):
        return str(
            _("Someone else published this course just now. Read what changed, then try again.")
        )
    return str(refused)


def _describe_changed_drafts() -> str:
    return str(_("A draft was changed or closed after you opened this page. Look at it again."))


def _render_publication_page(course: CourseRow, form: PublicationForm) -> str:
    session = db.session()
    drafts = drafting.find_open_drafts(session, current_actor(), course=course)
    loaded = drafting.load_course_with_drafts(session, course, drafts)
    reasons = find_reasons_against_publishing(session, course, drafts, loaded.bundle)
    paths = {draft.path for draft in drafts}
    return render_template(
        "authoring/publication/choose.html",
        course=course,
        form=form,
        drafts=[
            OpenDraft(
                draft,
                [fault for fault in loaded.faults if fault.file == draft.path],
                reasons[draft.id],
            )
            for draft in drafts
        ],
        faults_elsewhere=[fault for fault in loaded.faults if fault.file not in paths],
        names=find_names_of_people(*(draft.edited_by for draft in drafts)),
        is_first_version=find_newest_course_revision(session, course.slug) is None,
        REASONS=REASONS,
    )


@bp.get("/drafts/<string:public_id>/differences")
@requires(Permission.DRAFT_WRITE)
def show_draft_differences(public_id: str) -> ResponseReturnValue:
    """Show what a draft changes in the newest published text of its file."""
    draft = draft_or_404(public_id)
    published = drafting.find_course_files(db.session(), draft.course).get(draft.path)
    return render_template(
        "authoring/publication/differences.html",
        draft=draft,
        is_new=published is None,
        is_behind=_is_behind(draft),
        differences=compare_files(draft.path, published, draft.text),
    )


def _is_behind(draft: Draft) -> bool:
    """Tell whether its file was published again after an open draft was begun."""
    newest = find_newest_course_revision(db.session(), draft.course.slug)
    if draft.state is not DraftState.OPEN or newest is None:
        return False
    present = find_revision_of_file(db.session(), newest, draft.path)
    return present is not None and present.id != draft.base_revision_id
