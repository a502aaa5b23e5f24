"""Answering practice cases, in a section or, for the open case, by anybody."""

from collections.abc import Mapping

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Actor, Permission
from cpd.courses import queries as courses
from cpd.courses.hooks import PracticeCard
from cpd.courses.models import Enrolment, Revision
from cpd.courses.queries import Course
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes import practice
from cpd.quizzes.exam_views import bp, shown_bare
from cpd.quizzes.kinds.kind import AnswerFault
from cpd.quizzes.kinds.registry import KINDS
from cpd.quizzes.practice import PracticeCase
from cpd.quizzes.rules.case import Answer
from cpd.web.reading import many, one, only

MOST_CHOICES = 20


def section_practice(
    session: object,
    actor: Actor,
    enrolment: Enrolment | None,
    section: Revision,
    course: Revision,
) -> list[PracticeCard]:
    """Return a section's practice cases as cards, with feedback on what was answered."""
    del session
    fault = request.args.get("missing")
    cases = practice.practice_of(
        db.session(),
        enrolment,
        course.id,
        section=section.document.slug,
        again=request.args.get("again-case"),
    )
    return [
        PracticeCard(
            slug=found.case.id,
            title=found.case.title,
            html=_card(found, course, enrolment, fault, may_answer=actor),
            is_done=found.is_done,
        )
        for found in cases
    ]


def _card(
    found: PracticeCase,
    course: Revision,
    enrolment: Enrolment | None,
    fault: str | None,
    *,
    may_answer: Actor,
) -> Markup:
    return Markup(  # noqa: S704 - our own template
        render_template(
            "quizzes/_practice.html",
            found=found,
            course_slug=course.document.slug,
            is_enrolled=enrolment is not None,
            is_signed_in=may_answer.is_signed_in,
            fault=fault == found.case.id,
            action=url_for(
                "quizzes.practise", course_slug=course.document.slug, case_slug=found.case.id
            ),
            given={},
            again=request.args.get("again-case") == found.case.id and not found.answered,
            fill=Markup,
        )
    )


def _course(course_slug: str) -> Course:
    return courses.course(db.session(), current_actor(), course_slug) or abort(404)


@bp.post("/courses/<string:course_slug>/practice/<string:case_slug>")
@requires(Permission.COURSE_STUDY)
def practise(course_slug: str, case_slug: str) -> ResponseReturnValue:
    """Keep an answer to a practice case and go back to it, where the feedback stands."""
    only(request.form, {"step", "choice", "again"})
    of = _course(course_slug)
    enrolment = of.enrolment or abort(404)
    again = case_slug if one(request.form, "again", "") else None
    cases = practice.practice_of(db.session(), enrolment, of.revision.id, again=again)
    found = next((case for case in cases if case.case.id == case_slug), None) or abort(404)
    step = found.now
    if step is None or one(request.form, "step") != step.id:
        return _back(course_slug, found)  # answered on another page
    try:
        given = KINDS[step.kind].parse(step, many(request.form, "choice", at_most=MOST_CHOICES))
    except AnswerFault:
        return _back(course_slug, found, missing=case_slug)
    if given is None:
        return _back(course_slug, found, missing=case_slug)
    with unit_of_work() as session:
        practice.answer(session, enrolment, found, given, now=clock.now())
    return _back(course_slug, found)


def _back(
    course_slug: str, found: PracticeCase, *, missing: str | None = None
) -> ResponseReturnValue:
    """Go back to the case in its section: to the newest answer, or to the open question."""
    return redirect(
        url_for(
            "courses.section",
            slug=course_slug,
            section=found.case.section,
            missing=missing,
            _anchor=f"{'case' if missing else 'answer'}-{found.case.id}",
        ),
        303,
    )


# The open case: anybody may decide it, and nothing is stored.


def _open_case(given: Mapping[str, Answer]) -> tuple[PracticeCase, Course]:
    """Return the first case that its author opened to everybody; 404 when there is none."""
    shelf = courses.catalogue(db.session(), current_actor()) or abort(404)
    for of in shelf.courses:
        found = practice.open_case_of(db.session(), of.revision.id, given)
        if found is not None:
            return found, courses.course(db.session(), current_actor(), of.slug) or abort(404)
    return abort(404)


@bp.get("/try")
@public
def try_case() -> ResponseReturnValue:
    """Show the open case."""
    return _try_page(*_open_case({}), given={})


@bp.post("/try")
@public
def decide_open_case() -> ResponseReturnValue:
    """Say what an answer to the open case would have done; nothing is stored."""
    given: dict[str, Answer] = {}
    found, of = _open_case(given)
    while found.now is not None and f"given-{found.now.id}" in request.form:
        _decide(found, given, f"given-{found.now.id}")
        found, of = _open_case(given)
    if found.now is None or found.now.id != one(request.form, "step"):
        abort(400)
    try:
        _decide(found, given, "choice")
    except AnswerFault:
        return _try_page(found, of, given=given, status=422, fault=True)
    found, of = _open_case(given)
    return _try_page(found, of, given=given)


def _decide(found: PracticeCase, given: dict[str, Answer], field: str) -> None:
    """Add the answer in a field to those given; raises AnswerFault when it is none."""
    step = found.now or abort(400)
    answer = KINDS[step.kind].parse(step, many(request.form, field, at_most=MOST_CHOICES))
    if not answer:
        raise AnswerFault("Choose an answer, then decide.")
    given[step.id] = answer


def _try_page(
    found: PracticeCase,
    of: Course,
    *,
    given: Mapping[str, Answer],
    status: int = 200,
    fault: bool = False,
) -> ResponseReturnValue:
    sources = Sources(of.outline, of.ledger)
    card = render_template(
        "quizzes/_practice.html",
        found=found,
        course_slug=of.slug,
        is_enrolled=True,
        is_signed_in=current_actor().is_signed_in,
        fault=fault,
        action=url_for("quizzes.decide_open_case"),
        given=given,
        fill=Markup,
    )
    page = render_template(
        "quizzes/try.html",
        found=found,
        card=sources.fill(card),
        course=of,
        sources=sources.listed,
    )
    return page, status


def open_case_card(session: object) -> Markup | None:
    """Return the open case's first question for the home page, or None."""
    del session
    shelf = courses.catalogue(db.session(), current_actor())
    for of in shelf.courses if shelf else []:
        found = practice.open_case_of(db.session(), of.revision.id, {})
        if found is not None:
            card = render_template("quizzes/_open_case.html", found=found, fill=shown_bare)
            return Markup(card)  # noqa: S704 - our own template
    return None
