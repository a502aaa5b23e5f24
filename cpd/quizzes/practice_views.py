"""Answering practice cases, in a section or, for the open case, by anybody."""

from collections.abc import Mapping, Sequence

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Actor, Permission
from cpd.cases.kinds.kind import InvalidAnswerError
from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import Answer, StepFront
from cpd.courses import queries as courses
from cpd.courses.catalog.queries import catalog_page
from cpd.courses.hooks import PracticeCard, PracticeDisplay
from cpd.courses.models import Enrolment, Revision
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Part
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.memory import LruCache
from cpd.quizzes import practice
from cpd.quizzes.exam_views import bp, shown_bare
from cpd.quizzes.forms import MOST_CHOICES
from cpd.quizzes.practice import PracticeCase
from cpd.quizzes.queries import practice_in
from cpd.web.formatting import page_language
from cpd.web.reading import many, one, only


def section_practice(
    session: Session,
    actor: Actor,
    enrolment: Enrolment | None,
    section: Part,
    course: Revision,
    display: PracticeDisplay,
) -> list[PracticeCard]:
    """Return a section's practice cases as cards, with feedback on what was answered."""
    cases = practice.practice_of(
        session, enrolment, course.id, section=section.slug, again=display.restarted
    )
    at = enrolment.address if enrolment else CourseAddress(course.document.slug)
    return [
        PracticeCard(
            slug=found.case.id,
            title=found.case.title,
            html=_card(
                found,
                actor=actor,
                action=url_for("quizzes.practise", address=at, case_slug=found.case.id),
                may_answer=enrolment is not None,
                fault=_nothing_chosen() if display.unanswered == found.case.id else None,
                again=display.restarted == found.case.id,
            ),
            is_done=found.is_done,
        )
        for found in cases
    ]


def practice_to_read(session: Session, course: Revision) -> dict[str, list[PracticeCard]]:
    """Return story and first question of each practice case, by section; no key is opened."""
    found: dict[str, list[PracticeCard]] = {}
    for text in practice_in(session, course.id):
        case = text.front
        html = render_template("quizzes/_to_read.html", case=case, fill=Markup)
        card = PracticeCard(case.id, case.title, Markup(html), is_done=False)  # noqa: S704 - ours
        found.setdefault(case.section, []).append(card)
    return found


def _nothing_chosen() -> str:
    return str(_("Choose an answer, then decide."))


_done: LruCache[tuple[object, ...], Markup] = LruCache(256)


def _card(
    found: PracticeCase,
    *,
    actor: Actor,
    action: str,
    may_answer: bool,
    fault: str | None = None,
    again: bool = False,
    given: Mapping[str, Answer] | None = None,
) -> Markup:
    """Draw a practice case; `given`: the answers to carry along where nothing is stored.

    One that is done is remembered: the same answers give the same reasons, to whoever it is.
    """
    done = (found.revision.id, repr(found.given), may_answer, not given, page_language())
    if found.is_done and (known := _done.get(done)) is not None:
        return known
    card = render_template(
        "quizzes/_practice.html",
        found=found,
        may_answer=may_answer,
        is_signed_in=actor.is_signed_in,
        fault=fault,
        action=action,
        given=given or {},
        again=again,
        fill=Markup,
    )
    drawn = Markup(card)  # noqa: S704 - our own template
    return _done.put(done, drawn) if found.is_done else drawn


@bp.post("/courses/<course:address>/practice/<string:case_slug>")
@requires(Permission.COURSE_STUDY)
def practise(address: CourseAddress, case_slug: str) -> ResponseReturnValue:
    """Keep an answer to a practice case and go back to it, where the feedback stands."""
    only(request.form, {"step", "choice", "again"})
    choices = many(request.form, "choice", at_most=MOST_CHOICES)
    again = bool(one(request.form, "again", ""))
    enrolment = _enrolment(address)
    found = practice.practice_case(db.session(), enrolment, case_slug, again=again) or abort(404)
    if found.now is None or one(request.form, "step") != found.now.id:
        return _back(address, found)  # answered on another page
    if not choices:
        return _back(address, found, missing=case_slug)
    try:
        given = _read(found.now, choices)
    except InvalidAnswerError as fault:
        abort(422, str(fault))
    with unit_of_work() as session:
        practice.answer(session, enrolment, found, given, now=clock.now())
    return _back(address, found)


def _enrolment(at: CourseAddress) -> Enrolment:
    found = courses.enrolment_of(db.session(), current_actor(), at.slug, at.context)
    return found or abort(404)


def _read(step: StepFront, choices: list[str]) -> Answer:
    """Read what was chosen; raises InvalidAnswerError when that is no answer, or nothing."""
    given = KINDS[step.kind].parse(step, choices)
    if not given:
        raise InvalidAnswerError(_nothing_chosen())
    return given


def _back(
    address: CourseAddress, found: PracticeCase, *, missing: str | None = None
) -> ResponseReturnValue:
    """Go back to the case in its section: to the newest answer, or to the open question."""
    return redirect(
        url_for(
            "courses.section",
            address=address,
            section=found.case.section,
            missing=missing,
            _anchor=f"{'case' if missing else 'answer'}-{found.case.id}",
        ),
        303,
    )


# The open case: anybody may decide it, and nothing is stored.


def _open_case() -> tuple[Course, PracticeCase] | None:
    """Return the first case that its author opened to everybody, if there is one."""
    shelf = catalog_page(db.session(), current_actor())
    for of in shelf.courses if shelf else ():
        found = practice.open_case(db.session(), of.revision.id)
        if found is not None:
            return of, found
    return None


@bp.get("/try")
@public
def try_case() -> ResponseReturnValue:
    """Show the open case."""
    of, found = _open_case() or abort(404)
    return _try_page(of, found)


@bp.post("/try")
@public
def decide_open_case() -> ResponseReturnValue:
    """Say what an answer to the open case would have done; nothing is stored."""
    of, found = _open_case() or abort(404)
    carried = {f"given-{step.id}" for step in found.case.steps}
    only(request.form, {"step", "choice", *carried})
    found, step = _carried_on(found, one(request.form, "step"))
    try:
        given = _read(step, many(request.form, "choice", at_most=MOST_CHOICES))
    except InvalidAnswerError as fault:
        return _try_page(of, found, fault=str(fault)), 422
    return _try_page(of, found.then(given))


def _carried_on(found: PracticeCase, asked: str) -> tuple[PracticeCase, StepFront]:
    """Return the case at the step that was asked, along the answers that the form carries."""
    while found.now is not None and found.now.id != asked:
        carried = many(request.form, f"given-{found.now.id}", at_most=MOST_CHOICES)
        try:
            found = found.then(_read(found.now, carried))
        except InvalidAnswerError:
            abort(400, _("The case could not be followed to its question. Begin it again."))
    if found.now is None:
        abort(400, _("This case has no such question. Begin it again."))
    return found, found.now


def _try_page(of: Course, found: PracticeCase, *, fault: str | None = None) -> str:
    sources = Sources(of)
    card = _card(
        found,
        actor=current_actor(),
        action=url_for(".decide_open_case"),
        may_answer=True,
        fault=fault,
        given=found.given,
    )
    return render_template(
        "quizzes/try.html",
        found=found,
        card=sources.page_html(card),
        course=of,
        sources=sources.listed,
    )


def open_case_card(session: Session, shown: Sequence[Revision]) -> Markup | None:
    """Return the first question of the open case of these courses, or None."""
    cases = (practice.open_case(session, course.id) for course in shown)
    found = next((case for case in cases if case is not None), None)
    if found is None:
        return None
    card = render_template("quizzes/_open_case.html", found=found, fill=shown_bare)
    return Markup(card)  # noqa: S704 - our own template
