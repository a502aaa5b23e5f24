"""Beginning a course with drafts that pass the checks, and showing or hiding it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from string import Template

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.drafts.actions import start_draft
from cpd.authoring.sources.loading import load_course_files
from cpd.content.frontmatter import Fault
from cpd.courses.models import PROVIDER, Channel, CourseRow, Visibility
from cpd.db import flush_or_raise

_STARTER = Path(__file__).parents[1] / "templates" / "authoring" / "new_courses" / "starter"


class SlugTakenError(Exception):
    """Another course on this site has the name."""


@dataclass(frozen=True)
class NewCourse:
    """What must be known to begin a course."""

    slug: str
    title: str
    language: str
    author: str
    """The name of the person who begins it."""
    on: date


def build_starter_files(new: NewCourse) -> Mapping[str, str]:
    """Return the files that a new course begins with, by path."""
    values = {
        "slug": new.slug,
        "title": _quote(new.title),
        "language": _quote(new.language),
        "author": _quote(new.author),
        "today": new.on.isoformat(),
        "review_by": _years_later(new.on, 1).isoformat(),
        "expires": _years_later(new.on, 2).isoformat(),
    }
    return {
        path.relative_to(_STARTER).as_posix(): _read_starter_file(path).substitute(values)
        for path in sorted(_STARTER.rglob("*.md"))
    }


def _read_starter_file(path: Path) -> Template:
    return Template(path.read_text(encoding="utf-8"))


def find_faults_of_starter(files: Mapping[str, str], slug: str) -> list[Fault]:
    """Return what is wrong with a title, a name or a language that somebody chose."""
    return load_course_files(
        {path: text.encode() for path, text in files.items()}, name=slug
    ).faults


def _quote(text: str) -> str:
    """Return a text as YAML reads it, whatever it contains."""
    return json.dumps(text, ensure_ascii=False)


def _years_later(day: date, years: int) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if is_leap_day else day.day)


def create_course(
    session: Session, slug: str, files: Mapping[str, str], *, actor: Actor, now: datetime
) -> CourseRow:
    """Begin a course that only the people who work here can find, with a draft of each file.

    Publishing its drafts makes its first version. Raises SlugTakenError.
    """
    course = CourseRow(
        slug=slug,
        owner=PROVIDER,
        visibility=Visibility.HIDDEN,
        channel=Channel.LOCAL,
        created_at=now,
    )
    with session.begin_nested():
        session.add(course)
        flush_or_raise(session, SlugTakenError)
    for path, text in files.items():
        start_draft(session, course, path, text, base=None, actor=actor, now=now)
    audit.add_audit_entry(session, actor, "authoring:course:create", now=now, to=course.public_id)
    return course


def set_course_visibility(
    session: Session, course: CourseRow, visibility: Visibility, *, actor: Actor, now: datetime
) -> None:
    """Show a course in the catalog, or hide it from all but its staff and those who take it."""
    if course.visibility is visibility:
        return
    course.visibility = visibility
    audit.add_audit_entry(
        session,
        actor,
        "authoring:course:list",
        now=now,
        to=course.public_id,
        visibility=visibility,
    )
