"""Beginning a course, and choosing who may find it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.new_courses import actions
from cpd.authoring.new_courses.actions import NewCourse, SlugTakenError
from cpd.authoring.new_courses.forms import NewCourseForm, VisibilityForm
from cpd.authoring.pages import find_names_of_people, written_course_or_404
from cpd.courses.models import CourseRow, Visibility
from cpd.db import unit_of_work
from cpd.kernel import clock

WRONG = 422


@bp.get("/new-course")
@requires(Permission.DRAFT_WRITE)
def ask_new_course() -> ResponseReturnValue:
    """Ask what a new course is called."""
    return render_template("authoring/new_courses/new.html", form=NewCourseForm())


@bp.post("/new-course")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def create_course() -> ResponseReturnValue:
    """Begin a course with a draft of each of its first files."""
    form = NewCourseForm.from_request()
    if not form.validate() or not _create_from_form(form):
        return render_template("authoring/new_courses/new.html", form=form), WRONG
    flash(_("The course has its first drafts. Replace their text with yours."), "good")
    return redirect(url_for(".list_course_files", course=form.slug.data), 303)


def _create_from_form(form: NewCourseForm) -> bool:
    """Create the course; False if the form now says why not."""
    actor, now, slug = current_actor(), clock.now(), str(form.slug.data)
    author = find_names_of_people(actor.subject)[actor.subject]
    files = actions.build_starter_files(
        NewCourse(slug, str(form.title.data), str(form.language.data), author, now.date())
    )
    if faults := actions.find_faults_of_starter(files, slug):
        form.form_errors.append(f"{faults[0].message} {faults[0].remedy}")
        return False
    try:
        with unit_of_work() as session:
            actions.create_course(session, slug, files, actor=actor, now=now)
    except SlugTakenError:
        form.slug.errors = [_("Another course has this name. Choose another one.")]
        return False
    return True


@bp.get("/courses/<string:course>/visibility")
@requires(Permission.DRAFT_WRITE)
def ask_course_visibility(course: str) -> ResponseReturnValue:
    """Ask who may find a course."""
    row = written_course_or_404(course)
    form = VisibilityForm(visibility=row.visibility.value)
    return render_template("authoring/new_courses/visibility.html", course=row, form=form)


@bp.post("/courses/<string:course>/visibility")
@requires(Permission.DRAFT_WRITE)
def set_course_visibility(course: str) -> ResponseReturnValue:
    """Show a course in the catalog, or hide it."""
    row, form = written_course_or_404(course), VisibilityForm.from_request()
    if not form.validate():
        page = render_template("authoring/new_courses/visibility.html", course=row, form=form)
        return page, WRONG
    visibility = Visibility(form.visibility.data)
    with unit_of_work() as session:
        actions.set_course_visibility(
            session,
            session.get_one(CourseRow, row.id),
            visibility,
            actor=current_actor(),
            now=clock.now(),
        )
    is_listed = visibility is Visibility.LISTED
    flash(_("The course is in the catalog.") if is_listed else _("The course is hidden."), "good")
    return redirect(url_for(".list_course_files", course=row.slug), 303)
