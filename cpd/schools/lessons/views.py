"""The pages on which lessons are prepared and taught."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, request_wants_json, requires
from cpd.access.permissions import Permission
from cpd.cases.scales import Decision
from cpd.courses.sources import Sources
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.assignments.queries import find_assignable_courses
from cpd.schools.blueprint import bp
from cpd.schools.lessons import actions, queries
from cpd.schools.lessons.actions import LessonRefusal
from cpd.schools.lessons.forms import LessonForm, PlaceForm
from cpd.schools.lessons.labels import REFUSALS
from cpd.schools.lessons.lesson_pages import (
    find_lesson_or_404,
    find_offered_cases,
    render_lesson,
    render_lesson_form,
)
from cpd.schools.lessons.models import LessonRun
from cpd.schools.lessons.rules.codes import format_code
from cpd.schools.lessons.rules.tallies import Phase, Tally, parse_hands
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    current_reach,
    find_cohort_or_404,
    render_school_page,
)
from cpd.web.qr_codes import draw_qr_code_as_data_uri
from cpd.web.reading import read_page_number, read_query_value


def _find_run_or_404(public_id: str) -> LessonRun:
    return queries.find_run(db.session(), current_reach(), public_id) or abort(404)


@bp.get("/<string:slug>/classes/<string:public_id>/lessons")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def list_lessons(slug: str, public_id: str) -> ResponseReturnValue:
    """List the lessons that were prepared for a class."""
    del slug
    cohort = find_cohort_or_404(public_id)
    page = queries.find_lessons_page(db.session(), current_reach(), cohort, page=read_page_number())
    return render_school_page(
        "schools/lessons/lessons.html", cohort.school, cohort=cohort, page=page or abort(404)
    )


# Preparing one


@bp.get("/<string:slug>/classes/<string:public_id>/lessons/new")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def ask_new_lesson(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask which course, unless there is only one, then which of its practice cases."""
    del slug
    cohort = find_cohort_or_404(public_id)
    courses = find_assignable_courses(db.session(), current_reach())
    course = read_query_value("course")
    if not course and len(courses) == 1:
        course = next(iter(courses.values())).slug
    course_id = _find_course_id(course)
    if course_id is None:
        return render_school_page(
            "schools/lessons/choose.html",
            cohort.school,
            cohort=cohort,
            courses=list(courses.values()),
        )
    offered = find_offered_cases(course_id)
    return render_lesson_form(
        LessonForm(data={"course": course}, offered=offered), cohort, course_id
    )


@bp.post("/<string:slug>/classes/<string:public_id>/lessons/new")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def create_lesson(slug: str, public_id: str) -> ResponseReturnValue:
    """Prepare a lesson for a class."""
    cohort = find_cohort_or_404(public_id)
    course_id = _find_course_id(request.form.get("course", "")) or abort(404)
    offered = find_offered_cases(course_id)
    form = LessonForm.from_request(offered=offered)
    if not form.validate():
        return render_lesson_form(form, cohort, course_id), INVALID
    chosen = [text.front.id for text in offered if text.front.id in (form.cases.data or ())]
    reach, actor, now, title = current_reach(), current_actor(), clock.now(), form.title.data or ""
    with unit_of_work() as session:
        made = actions.prepare_lesson(
            session, reach, public_id, course_id, title, chosen, actor=actor, now=now
        )
    if isinstance(made, LessonRefusal):
        form.form_errors.append(REFUSALS[made])
        return render_lesson_form(form, cohort, course_id), CONFLICT
    return redirect(url_for(".show_lesson", slug=slug, public_id=made.public_id), 303)


def _find_course_id(slug: str) -> int | None:
    courses = find_assignable_courses(db.session(), current_reach())
    return next((id_ for id_, course in courses.items() if course.slug == slug), None)


# One that was prepared


@bp.get("/<string:slug>/lessons/<string:public_id>")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def show_lesson(slug: str, public_id: str) -> ResponseReturnValue:
    """Show what a lesson holds, and how to begin it."""
    del slug
    return render_lesson(find_lesson_or_404(public_id))


@bp.post("/<string:slug>/lessons/<string:public_id>/removal")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def remove_lesson(slug: str, public_id: str) -> ResponseReturnValue:
    """Take a lesson off the list."""
    cohort = find_lesson_or_404(public_id).cohort
    reach, actor, now = current_reach(), current_actor(), clock.now()
    with unit_of_work() as session:
        actions.remove_lesson(session, reach, public_id, actor=actor, now=now)
    flash(_("The lesson is removed."), "good")
    return redirect(url_for(".list_lessons", slug=slug, public_id=cohort.public_id), 303)


# Teaching it


@bp.post("/<string:slug>/lessons/<string:public_id>/runs")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def start_lesson(slug: str, public_id: str) -> ResponseReturnValue:
    """Begin a lesson, and show its first case."""
    lesson, reach, now = find_lesson_or_404(public_id), current_reach(), clock.now()
    with unit_of_work() as session:
        run = actions.start_run(session, reach, public_id, now=now)
    if isinstance(run, LessonRefusal):
        return render_lesson(lesson, run), CONFLICT
    return redirect(url_for(".show_class_page", slug=slug, public_id=run.public_id), 303)


@bp.get("/<string:slug>/lessons/runs/<string:public_id>")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def show_class_page(slug: str, public_id: str) -> ResponseReturnValue:
    """Show the page for the projector, with all cases of the lesson and their reasons."""
    del slug
    run, session = _find_run_or_404(public_id), db.session()
    tallies = dict(queries.find_tallies(session, current_reach(), run))
    place = _read_place_of_hands(run)
    if place:
        hands = parse_hands({each.value: read_query_value(each.value) for each in Decision})
        tallies[place] = tallies.get(place, Tally()).with_hands(hands)
    join_url = url_for(".show_live_case", code=run.code, _external=True)
    return render_school_page(
        "schools/lessons/class_page.html",
        run.lesson.cohort.school,
        run=run,
        is_over=queries.is_over(run, now=clock.now()),
        lesson=run.lesson,
        shown=place or run.place,
        cases=queries.find_cases_of_run(session, run),
        tallies=[tallies.get(number, Tally()) for number in range(1, len(run.case_slugs) + 1)],
        sources=Sources(queries.find_course_of_run(session, run)),
        code=format_code(run.code),
        type_url=url_for(".ask_for_code", _external=True).partition("//")[2],
        qr_code=draw_qr_code_as_data_uri(join_url),
    )


def _read_place_of_hands(run: LessonRun) -> int:
    """Return the case for which hands were counted, by its place, or 0."""
    text = read_query_value("place")
    place = int(text) if text.isascii() and text.isdigit() and len(text) < len("1000") else 0
    return place if place <= len(run.case_slugs) else 0


@bp.post("/<string:slug>/lessons/runs/<string:public_id>/place")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def show_place(slug: str, public_id: str) -> ResponseReturnValue:
    """Show the class another case, or the answer."""
    _find_run_or_404(public_id)
    form, reach = PlaceForm.from_request(), current_reach()
    try:
        place, phase = int(form.place.data), Phase(form.phase.data)
    except ValueError:
        abort(400)
    with unit_of_work() as session:
        refusal = actions.show_place(session, reach, public_id, place, phase)
    if refusal is not None:
        abort(404)
    if request_wants_json():
        return "", 204
    shown = url_for(".show_class_page", slug=slug, public_id=public_id, _anchor=f"case-{place}")
    return redirect(shown, 303)


@bp.post("/<string:slug>/lessons/runs/<string:public_id>/end")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def end_lesson(slug: str, public_id: str) -> ResponseReturnValue:
    """End a lesson: phones can no longer join it."""
    lesson, reach, now = _find_run_or_404(public_id).lesson, current_reach(), clock.now()
    with unit_of_work() as session:
        actions.end_run(session, reach, public_id, now=now)
    flash(_("The lesson is over, and its code no longer works."), "good")
    return redirect(url_for(".show_lesson", slug=slug, public_id=lesson.public_id), 303)
