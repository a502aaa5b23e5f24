"""The pages on which a lesson that was prepared is changed or copied, while nobody teaches it."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.lessons import actions
from cpd.schools.lessons.actions import LessonRefusal
from cpd.schools.lessons.forms import CopyLessonForm, LessonForm, OrderForm
from cpd.schools.lessons.labels import REFUSALS
from cpd.schools.lessons.lesson_pages import (
    find_lesson_or_404,
    find_offered_cases,
    render_lesson,
    render_lesson_form,
)
from cpd.schools.lessons.models import Lesson
from cpd.schools.pages import CONFLICT, INVALID, current_reach


@bp.get("/<string:slug>/lessons/<string:public_id>/settings")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def ask_lesson_change(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask what a lesson is called, and which cases it shows."""
    del slug
    lesson = find_lesson_or_404(public_id)
    data = {"course": "", "title": lesson.title, "cases": lesson.case_slugs}
    form = LessonForm(data=data, offered=find_offered_cases(lesson.course_id))
    return render_lesson_form(form, lesson.cohort, lesson.course_id, lesson=lesson)


@bp.post("/<string:slug>/lessons/<string:public_id>/settings")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def change_lesson(slug: str, public_id: str) -> ResponseReturnValue:
    """Change the name of a lesson, and which cases it shows."""
    lesson, reach = find_lesson_or_404(public_id), current_reach()
    offered = find_offered_cases(lesson.course_id)
    form = LessonForm.from_request(offered=offered)
    if not form.validate():
        return render_lesson_form(form, lesson.cohort, lesson.course_id, lesson=lesson), INVALID
    title, chosen = form.title.data or "", form.cases.data or ()
    slugs, actor, now = [text.front.id for text in offered], current_actor(), clock.now()
    with unit_of_work() as session:
        refusal = actions.change_lesson(
            session, reach, public_id, title, chosen, slugs, actor=actor, now=now
        )
    if refusal is not None:
        form.form_errors.append(REFUSALS[refusal])
        return render_lesson_form(form, lesson.cohort, lesson.course_id, lesson=lesson), CONFLICT
    flash(_("Saved."), "good")
    return redirect(url_for(".show_lesson", slug=slug, public_id=public_id), 303)


@bp.post("/<string:slug>/lessons/<string:public_id>/order")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def move_lesson_case(slug: str, public_id: str) -> ResponseReturnValue:
    """Move a case to another place in the lesson."""
    lesson, reach, form = find_lesson_or_404(public_id), current_reach(), OrderForm.from_request()
    place = int(form.to.data) if form.to.data.isdecimal() and len(form.to.data) < len("100") else 0
    with unit_of_work() as session:
        refusal = actions.move_lesson_case(
            session, reach, public_id, form.case.data, place, now=clock.now()
        )
    if refusal is LessonRefusal.OUT_OF_REACH:
        abort(404)
    if refusal is not None:
        return render_lesson(lesson, refusal), CONFLICT
    shown = url_for(".show_lesson", slug=slug, public_id=public_id, _anchor=f"case-{place}")
    return redirect(shown, 303)


@bp.post("/<string:slug>/lessons/<string:public_id>/copies")
@requires(Permission.LESSON_TEACH, within=find_scope_of_route)
def copy_lesson(slug: str, public_id: str) -> ResponseReturnValue:
    """Prepare the same lesson once more, for the same class or another one."""
    lesson, reach = find_lesson_or_404(public_id), current_reach()
    class_id, actor, now = CopyLessonForm.from_request().class_id.data, current_actor(), clock.now()
    title = _("Copy of %(title)s", title=lesson.title)
    with unit_of_work() as session:
        made = actions.copy_lesson(session, reach, public_id, class_id, title, actor=actor, now=now)
    if made is LessonRefusal.OUT_OF_REACH:
        abort(404)
    if not isinstance(made, Lesson):
        return render_lesson(lesson, made), CONFLICT
    flash(_("The lesson is copied. You can change its name and its cases."), "good")
    return redirect(url_for(".ask_lesson_change", slug=slug, public_id=made.public_id), 303)
