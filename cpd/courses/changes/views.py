"""What changed since a reader began the course, and the newest text beside their own version."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cpd.access.guard import public
from cpd.courses import changes, pages, queries
from cpd.courses.pages import bp
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Part
from cpd.courses.sources import Sources
from cpd.db import db


@bp.get("/courses/<course:slug>/changes")
@public
def updated(slug: CourseAddress) -> ResponseReturnValue:
    """Show what changed since the version that the reader takes; safety topics first."""
    of = pages.course(slug)
    if (turned := pages.turned_away(of)) is not None:
        return turned
    update = changes.update_of(db.session(), of)
    if update is None:
        flash(gettext("You take the newest version of this course."), "info")
        return redirect(url_for(".course", slug=slug), 303)
    return render_template("courses/changes.html", course=of, update=update)


def newest_section(of: Course, section: Part) -> str:
    """Return a section of a newer version than its reader takes: to be read, with no button."""
    sources = Sources(of)
    text = sources.fill(queries.text_of(db.session(), section))
    return render_template(
        "courses/newest_section.html",
        course=of,
        section=section,
        text=text,
        sources=sources.listed,
    )
