"""The home page and the catalog."""

from dataclasses import dataclass

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, public
from cpd.courses import credit, hooks, pages
from cpd.courses.catalog.queries import CatalogPage, find_catalog_page
from cpd.courses.pages import bp
from cpd.courses.queries import Course
from cpd.courses.reading.queries import build_reading_place, find_section_finish_times
from cpd.courses.rules import reading
from cpd.courses.rules.reading import Missing, Progress
from cpd.db import db
from cpd.provider import current
from cpd.web.provider import build_home_text
from cpd.web.reading import read_page_number


@dataclass(frozen=True)
class CourseCard:
    """A course in the catalog."""

    course: Course
    missing: tuple[Missing, ...]
    progress: Progress
    is_free: bool
    """Whether the site knows that nothing is charged for it."""

    @property
    def reading_minutes(self) -> int:
        """Minutes of reading."""
        return reading.build_reading_credit(self.course.outline).total_time.minutes


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Show people their own work, and visitors what the site is for, a case, and the courses."""
    session, actor = db.session(), current_actor()
    if actor.is_signed_in:
        return hooks.personal_home(session, actor)
    shelf = find_catalog_page(session, actor) or abort(404)
    return render_template(
        "courses/home.html",
        shelf=shelf,
        cards=_find_course_cards(shelf),
        open_sheets=[
            (course, tool)
            for course in shelf.courses
            for tool in course.outline.tools
            if tool.front.is_open
        ],
        home_text=build_home_text(current.current_provider()),
        open_case=hooks.open_case_card(session, [course.revision for course in shelf.courses]),
    )


@bp.get("/courses")
@public
def catalog() -> ResponseReturnValue:
    """Show the courses, page by page."""
    page = read_page_number()
    shelf = find_catalog_page(db.session(), current_actor(), page=page) or abort(404)
    return pages.make_cacheable_response(
        render_template("courses/catalog.html", shelf=shelf, cards=_find_course_cards(shelf))
    )


def _find_course_cards(shelf: CatalogPage) -> list[CourseCard]:
    session = db.session()
    missing = credit.find_missing_for_credit(session, shelf.courses)
    is_free = current.current_provider().charges_nothing
    finished = find_section_finish_times(
        session,
        {course.enrolment: course.outline for course in shelf.courses if course.enrolment},
    )
    return [
        CourseCard(
            course=course,
            missing=missing[course.revision.id],
            progress=reading.build_progress(
                course.outline,
                finished[course.enrolment.id] if course.enrolment else {},
                place=build_reading_place(course.enrolment) if course.enrolment else None,
            ),
            is_free=is_free,
        )
        for course in shelf.courses
    ]
