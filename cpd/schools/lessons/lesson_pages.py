"""What the pages of one lesson show: it, and the form for its name and its cases."""

from flask import abort

from cpd.db import db
from cpd.kernel import clock
from cpd.quizzes.queries import CaseText
from cpd.schools.assignments.actions import load_newest_outline
from cpd.schools.assignments.queries import find_course_titles
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import find_cohorts
from cpd.schools.lessons import queries
from cpd.schools.lessons.actions import LessonRefusal
from cpd.schools.lessons.forms import LessonForm
from cpd.schools.lessons.labels import REFUSALS
from cpd.schools.lessons.models import Lesson
from cpd.schools.pages import current_reach, render_school_page


def find_lesson_or_404(public_id: str) -> Lesson:
    """Return the lesson in the address."""
    return queries.find_lesson(db.session(), current_reach(), public_id) or abort(404)


def find_offered_cases(course_id: int) -> list[CaseText]:
    """Return the cases of a course that a lesson may show."""
    revision = queries.find_newest_revision(db.session(), course_id)
    return queries.find_lesson_cases(db.session(), revision)


def render_lesson(lesson: Lesson, refusal: LessonRefusal | None = None) -> str:
    """Return the page of a lesson, with why it was not changed or taught."""
    session, reach = db.session(), current_reach()
    titles = {text.front.id: text.front.title for text in find_offered_cases(lesson.course_id)}
    return render_school_page(
        "schools/lessons/lesson.html",
        lesson.cohort.school,
        lesson=lesson,
        cohort=lesson.cohort,
        cases=[(slug, titles.get(slug)) for slug in lesson.case_slugs],
        course_title=find_course_titles(session, [lesson.course_id])[lesson.course_id],
        classes=find_cohorts(session, reach),
        run=queries.find_present_run(session, reach, lesson, now=clock.now()),
        refusal=REFUSALS[refusal] if refusal else "",
    )


def render_lesson_form(
    form: LessonForm, cohort: Cohort, course_id: int, *, lesson: Lesson | None = None
) -> str:
    """Return the form for a new lesson, or for one that was prepared."""
    return render_school_page(
        "schools/lessons/form.html",
        cohort.school,
        cohort=cohort,
        form=form,
        lesson=lesson,
        outline=load_newest_outline(db.session(), course_id),
        offered=find_offered_cases(course_id),
    )
