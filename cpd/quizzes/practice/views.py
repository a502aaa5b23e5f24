"""Answering practice cases: in a section, or, for the open case, by anybody."""

from collections.abc import Sequence

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Actor, Permission
from cpd.cases.front import Answer, StepFront
from cpd.cases.kinds.kind import InvalidAnswerError
from cpd.cases.kinds.registry import KINDS
from cpd.cases.mark_table import RuleSigners
from cpd.courses import outlines
from cpd.courses.catalog.queries import find_catalog_page
from cpd.courses.hooks import PracticeCard, PracticeDisplay
from cpd.courses.models import Enrolment, Revision
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Part
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.blueprint import bp, remove_citations_from_html
from cpd.quizzes.practice import actions
from cpd.quizzes.practice.cards import (
    CardForm,
    address_of_answer,
    message_for_nothing_chosen,
    render_practice_card,
)
from cpd.quizzes.practice.cases import (
    CaseProgress,
    find_open_practice_case,
    find_practice_case,
    find_practice_cases,
)
from cpd.quizzes.practice.forms import OpenCaseForm, PracticeForm, build_open_case_form_class
from cpd.quizzes.practice.pages import find_own_enrolment_or_404
from cpd.quizzes.practice.queries import find_practice_texts, is_confidence_asked
from cpd.web.markup import render_markup


def render_section_practice_cards(
    session: Session,
    actor: Actor,
    enrolment: Enrolment | None,
    section: Part,
    course: Revision,
    display: PracticeDisplay,
) -> list[PracticeCard]:
    """Return a section's practice cases as cards, with feedback on what was answered."""
    cases = find_practice_cases(
        session, enrolment, course.id, section=section.slug, again=display.restarted
    )
    address = enrolment.address if enrolment else CourseAddress(course.document.slug)
    asks_confidence = enrolment is not None and is_confidence_asked(session, enrolment)
    return [
        PracticeCard(
            slug=progress.case.id,
            title=progress.case.title,
            html=render_practice_card(
                progress,
                CardForm(
                    action=address_of_answer(address, progress),
                    may_answer=enrolment is not None,
                    is_signed_in=actor.is_signed_in,
                    fault=message_for_nothing_chosen()
                    if display.unanswered == progress.case.id
                    else None,
                    again=display.restarted == progress.case.id,
                    asks_confidence=asks_confidence,
                    rule_signers=RuleSigners.of_case(progress.case.id, display.signers),
                ),
            ),
            is_done=progress.is_done,
        )
        for progress in cases
    ]


def render_practice_cards_to_read(
    session: Session, course: Revision
) -> dict[str, list[PracticeCard]]:
    """Return the story and first question of each practice case, by section; reads no key."""
    cards: dict[str, list[PracticeCard]] = {}
    for text in find_practice_texts(session, course.id):
        case = text.front
        html = render_markup("quizzes/practice/_to_read.html", case=case, fill=Markup)
        card = PracticeCard(case.id, case.title, html, is_done=False)
        cards.setdefault(case.section, []).append(card)
    return cards


@bp.post("/courses/<course:address>/practice/<string:case_slug>")
@requires(Permission.COURSE_STUDY)
def answer_practice_case(address: CourseAddress, case_slug: str) -> ResponseReturnValue:
    """Save an answer to a practice case and go back to it, where its feedback is."""
    form = PracticeForm.from_request()
    enrolment = find_own_enrolment_or_404(address)
    again = bool(form.again.data)
    progress = find_practice_case(db.session(), enrolment, case_slug, again=again) or abort(404)
    _refuse_unknown_section(enrolment, form.opens.data)
    if progress.current_step is None or form.step.data != progress.current_step.id:
        return _redirect_to_practice_case(address, progress, form)  # answered on another page
    if not form.choice.data:
        return _redirect_to_practice_case(address, progress, form, missing=case_slug)
    try:
        answer = _parse_chosen_answer(progress.current_step, form.choice.data)
        confidence = form.parse_confidence()
    except InvalidAnswerError as fault:
        abort(422, str(fault))
    if confidence and not is_confidence_asked(db.session(), enrolment):
        confidence = None  # the question was turned off since the page was made
    with unit_of_work() as session:
        actions.save_practice_answer(
            *(session, enrolment, progress, answer),
            opens=form.opens.data or "",
            confidence=confidence,
            now=clock.now(),
        )
    is_decided = progress.with_answer(answer).is_done
    return _redirect_to_practice_case(address, progress, form, decided=is_decided)


def _refuse_unknown_section(enrolment: Enrolment, slug: str | None) -> None:
    """Abort with 404 unless the course has the section that a case is said to open."""
    if (
        slug
        and outlines.load_outline(db.session(), enrolment.course_revision).section(slug) is None
    ):
        abort(404)


def _parse_chosen_answer(step: StepFront, choices: Sequence[str]) -> Answer:
    """Read what was chosen; raises InvalidAnswerError if that is not an answer, or nothing."""
    answer = KINDS[step.kind].parse_answer(step, choices)
    if not answer:
        raise InvalidAnswerError(message_for_nothing_chosen())
    return answer


def _redirect_to_practice_case(
    address: CourseAddress,
    progress: CaseProgress,
    form: PracticeForm,
    *,
    missing: str | None = None,
    decided: bool = False,
) -> ResponseReturnValue:
    """Go back to the newest answer or the open question, in the section or on the case's own page.

    `decided`: to its end, which may be a step on the way to the next attempt.
    """
    anchor = f"{'case' if missing else 'answer'}-{progress.case.id}"
    if form.own_page.data:
        target = url_for(
            ".show_practice_case",
            address=address,
            case_slug=progress.case.id,
            opens=form.opens.data or None,
            again=1 if missing and form.again.data else None,
            missing=1 if missing else None,
            _anchor=anchor,
        )
    else:
        target = url_for(
            "courses.section",
            address=address,
            section=progress.case.section,
            missing=missing,
            decided=1 if decided else None,
            _anchor=anchor,
        )
    return redirect(target, 303)


# The open case: anybody may decide it, and nothing is stored


def _find_first_open_case() -> tuple[Course, CaseProgress] | None:
    """Return the first case that its author opened to everybody, with its course.

    `?course=` names the course; without it, the first course with such a case is chosen.
    """
    slug = request.args.get("course")
    catalog = find_catalog_page(db.session(), current_actor())
    for course in catalog.courses if catalog else ():
        if slug not in (None, course.slug):
            continue
        progress = find_open_practice_case(db.session(), course.revision.id)
        if progress is not None:
            return course, progress
    return None


@bp.get("/try")
@public
def show_open_case() -> ResponseReturnValue:
    """Show the open case."""
    course, progress = _find_first_open_case() or abort(404)
    return _render_open_case_page(course, progress)


@bp.post("/try")
@public
def show_feedback_on_open_case() -> ResponseReturnValue:
    """Show what an answer to the open case would have done; nothing is stored."""
    course, progress = _find_first_open_case() or abort(404)
    form = build_open_case_form_class(progress.case).from_request()
    progress, step = _follow_earlier_answers(progress, form)
    try:
        answer = _parse_chosen_answer(step, form.choice.data)
    except InvalidAnswerError as fault:
        return _render_open_case_page(course, progress, fault=str(fault)), 422
    return _render_open_case_page(course, progress.with_answer(answer))


def _follow_earlier_answers(
    progress: CaseProgress, form: OpenCaseForm
) -> tuple[CaseProgress, StepFront]:
    """Return the case at the step that was answered, following the answers the form carries."""
    while progress.current_step is not None and progress.current_step.id != form.step.data:
        choices = form.chosen_at_earlier_step(progress.current_step.id)
        try:
            progress = progress.with_answer(_parse_chosen_answer(progress.current_step, choices))
        except InvalidAnswerError:
            abort(400, _("The case could not be followed to its question. Start it again."))
    if progress.current_step is None:
        abort(400, _("This case has no such question. Start it again."))
    return progress, progress.current_step


def _render_open_case_page(
    course: Course, progress: CaseProgress, *, fault: str | None = None
) -> str:
    sources = Sources(course)
    card = render_practice_card(
        progress,
        CardForm(
            action=url_for(".show_feedback_on_open_case", course=course.slug),
            may_answer=True,
            is_signed_in=current_actor().is_signed_in,
            fault=fault,
            carried=progress.answers,
            rule_signers=course.find_rule_signers(progress.case.id),
        ),
    )
    return render_template(
        "quizzes/practice/open_case.html",
        progress=progress,
        card=sources.render_html(card),
        course=course,
        sources=sources.cited_sources,
    )


def render_open_case_card(session: Session, shown: Sequence[Revision]) -> Markup | None:
    """Return the first question of the open case of these courses, or None."""
    cases = (find_open_practice_case(session, course.id) for course in shown)
    progress = next((case for case in cases if case is not None), None)
    if progress is None:
        return None
    return render_markup(
        "quizzes/practice/_open_case.html", progress=progress, fill=remove_citations_from_html
    )
