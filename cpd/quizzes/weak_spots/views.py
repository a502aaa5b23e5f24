"""Practicing weak spots: the cases that come next, one case on its own page, and confidence."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cpd.access.guard import requires
from cpd.access.permissions import Actor, Permission
from cpd.courses.hooks import OpeningCase, PracticeCard
from cpd.courses.models import Enrolment
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Part
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.quizzes.blueprint import bp
from cpd.quizzes.practice import actions
from cpd.quizzes.practice.cards import (
    CardForm,
    address_of_answer,
    message_for_nothing_chosen,
    render_practice_card,
)
from cpd.quizzes.practice.cases import find_practice_case
from cpd.quizzes.practice.labels import CONFIDENCES
from cpd.quizzes.practice.pages import find_own_course_or_404, find_own_enrolment_or_404
from cpd.quizzes.practice.queries import is_confidence_asked
from cpd.quizzes.weak_spots.forms import ON, ConfidenceForm
from cpd.quizzes.weak_spots.hooks import assigned_weak_spots
from cpd.quizzes.weak_spots.queries import (
    find_case_to_open_section,
    find_cases_to_practice,
    find_confidence_report,
    find_repeat_times,
)


@bp.get("/courses/<course:address>/practice")
@requires(Permission.COURSE_STUDY)
def show_weak_spots(address: CourseAddress) -> ResponseReturnValue:
    """Show the practice cases that the reader should decide next, and how sure they were so far."""
    course, enrolment = find_own_course_or_404(address)
    session = db.session()
    return render_template(
        "quizzes/weak_spots/weak_spots.html",
        course=course,
        cases=find_cases_to_practice(session, enrolment),
        asked_count=assigned_weak_spots(session, enrolment),
        repeated_count=len(find_repeat_times(session, Enrolment.id == enrolment.id)),
        is_asked=is_confidence_asked(session, enrolment),
        report=find_confidence_report(session, enrolment),
        confidences=CONFIDENCES,
    )


@bp.post("/courses/<course:address>/confidence")
@requires(Permission.COURSE_STUDY)
def set_confidence_request(address: CourseAddress) -> ResponseReturnValue:
    """Ask the reader from now on how sure they are of a practice answer, or no longer."""
    form = ConfidenceForm.from_request()
    enrolment = find_own_enrolment_or_404(address)
    is_wanted = form.ask.data == ON
    with unit_of_work() as session:
        actions.set_confidence_request(session, enrolment, is_wanted=is_wanted)
    if is_wanted:
        flash(_("From now on, every practice case asks how sure you are."), "info")
    else:
        flash(_("Practice cases no longer ask how sure you are."), "info")
    return redirect(url_for(".show_weak_spots", address=address, _anchor="confidence"), 303)


@bp.get("/courses/<course:address>/practice/<string:case_slug>")
@requires(Permission.COURSE_STUDY)
def show_practice_case(address: CourseAddress, case_slug: str) -> ResponseReturnValue:
    """Show one practice case on a page of its own, with the way on once it is decided."""
    course, enrolment = find_own_course_or_404(address)
    session, again = db.session(), "again" in request.args
    progress = find_practice_case(session, enrolment, case_slug, again=again) or abort(404)
    opened = course.outline.section(request.args.get("opens", ""))
    card = render_practice_card(
        progress,
        CardForm(
            action=address_of_answer(address, progress),
            may_answer=True,
            is_signed_in=True,
            fault=message_for_nothing_chosen() if "missing" in request.args else None,
            again=again,
            on_own_page=True,
            opens=opened.slug if opened else "",
            asks_confidence=is_confidence_asked(session, enrolment),
            rule_signers=course.find_rule_signers(progress.case.id),
        ),
    )
    following = find_cases_to_practice(session, enrolment, at_most=2) if not opened else ()
    sources = Sources(course)
    return render_template(
        "quizzes/weak_spots/case.html",
        course=course,
        progress=progress,
        section=course.outline.section(progress.case.section),
        card=sources.render_html(card),
        sources=sources.cited_sources,
        opened=opened,
        next_case=next((case for case in following if case.slug != case_slug), None),
    )


# Parts of other rooms' pages


def find_opening_case(
    session: Session, actor: Actor, enrolment: Enrolment, section: Part
) -> OpeningCase | None:
    """Return the practice case of an earlier section with which a section opens."""
    progress = find_case_to_open_section(session, enrolment, section)
    if progress is None:
        return None
    form = CardForm(
        action=address_of_answer(enrolment.address, progress),
        may_answer=True,
        is_signed_in=actor.is_signed_in,
        again=True,
        on_own_page=True,
        opens=section.slug,
        asks_confidence=is_confidence_asked(session, enrolment),
    )
    card = PracticeCard(
        progress.case.id,
        progress.case.title,
        render_practice_card(progress, form),
        is_done=False,
    )
    return OpeningCase(card, progress.case.section)
