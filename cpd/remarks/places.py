"""Which page a remark is about, and which published text that page showed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask.globals import request_ctx
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from cpd.access.permissions import Actor
from cpd.accounts.rules.redirects import safe_path
from cpd.courses import queries as courses
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Outline, Part
from cpd.quizzes.attempts import queries as attempt_queries
from cpd.quizzes.practice.queries import practice_texts
from cpd.remarks.models import LONGEST_PAGE

_SECRETS = frozenset({"code", "token"})
"""Parts of addresses that let somebody in or name somebody: left out of what is carried along."""
_CONVERTER = re.compile("<[^>]*>")
_PARTS: Mapping[str, Callable[[Outline, str], Part | None]] = {
    "section": Outline.section,
    "hazard": Outline.hazard,
    "tool": Outline.tool,
}


@dataclass(frozen=True)
class Place:
    """A page of this site by its path; the whole site where the path is empty."""

    path: str = ""
    endpoint: str = ""
    """Empty where the path leads to no page."""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """The published versions that a page showed to somebody."""

    course_revision_id: int | None = None
    revision_id: int | None = None
    title: str = ""
    """Of the part, where naming it tells nothing that the page did not."""


def here() -> str:
    """Return the path of the present page as it may be carried along."""
    return place(request.path).path


def place(wanted: str | None) -> Place:
    """Return the page of a path; what surely leads to no page of this site is no page."""
    path = (safe_path(wanted) or "").partition("?")[0].partition("#")[0]
    if not path or len(path) > LONGEST_PAGE or request_ctx.url_adapter is None:
        return Place()
    try:
        rule, values = request_ctx.url_adapter.match(path, method="GET", return_rule=True)
    except HTTPException:
        return Place(path)
    if _SECRETS & values.keys():
        return Place(_without_values(rule))
    return Place(path, rule.endpoint, values)


def _without_values(rule: Rule) -> str:
    return _CONVERTER.sub("…", rule.rule)


def shown(session: Session, actor: Actor, at: Place) -> Shown:
    """Return what the page shows to the actor; nothing where it is none of theirs."""
    room, _, name = at.endpoint.partition(".")
    if room == "courses" and "slug" in at.values:
        return _of_course(session, actor, at.values["slug"], at.values.get(name, ""), name)
    if room == "quizzes" and "course_slug" in at.values:
        return _of_course(session, actor, at.values["course_slug"])
    if room == "quizzes" and "public_id" in at.values:
        return _of_attempt(session, actor, at.values["public_id"], at.values.get("position"))
    if at.endpoint == "quizzes.try_case":
        return _of_open_case(session, actor)
    return Shown()


def _of_course(
    session: Session, actor: Actor, at: CourseAddress, part_slug: str = "", kind: str = ""
) -> Shown:
    course = courses.course(session, actor, at.slug, at.context)
    if course is None:
        return Shown()
    part = _PARTS[kind](course.outline, part_slug) if kind in _PARTS else None
    if part is None:
        return Shown(course.revision.id, title=course.revision.title)
    return Shown(course.revision.id, part.revision_id, part.title)


def _of_attempt(session: Session, actor: Actor, public_id: str, position: int | None) -> Shown:
    """An exam's case is kept for its authors, and named to nobody here."""
    attempt = attempt_queries.attempt_of(session, actor, public_id)
    if attempt is None:
        return Shown()
    drawn = next((item for item in attempt.items if item.position == position), None)
    return Shown(attempt.enrolment.course_revision_id, drawn.revision_id if drawn else None)


def _of_open_case(session: Session, actor: Actor) -> Shown:
    shelf = courses.catalogue(session, actor)
    for course in shelf.courses if shelf else ():
        for case in practice_texts(session, course.revision.id, is_open=True)[:1]:
            return Shown(course.revision.id, case.id, case.front.title)
    return Shown()
