"""Which page a remark is about, and which published text that page showed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request, url_for
from flask.globals import request_ctx
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from cpd.access.permissions import Actor
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.courses import queries as courses
from cpd.courses.catalog.queries import find_catalog_page
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Outline, Part
from cpd.quizzes.attempts.queries import find_own_attempt
from cpd.quizzes.practice.queries import find_practice_texts
from cpd.remarks.models import LONGEST_PAGE

_SECRETS = frozenset({"code", "token"})
"""URL variables that let someone in or identify someone: a remark never keeps their values."""
_CONVERTER = re.compile("<[^>]*>")
_PARTS: Mapping[str, Callable[[Outline, str], Part | None]] = {
    "section": Outline.section,
    "hazard": Outline.hazard,
    "tool": Outline.tool,
}


@dataclass(frozen=True)
class Page:
    """A page of this site by its path; the whole site where the path is empty."""

    path: str = ""
    endpoint: str = ""
    """Empty where the path leads to no page."""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ShownRevisions:
    """The published versions that a page showed."""

    course_revision_id: int | None = None
    revision_id: int | None = None
    title: str = ""
    """The title of the part, unless it would say more than the page did."""


def current_page_path() -> str:
    """Return the path of the current page, in the form that a remark may keep."""
    return parse_page_path(request.path).path


def parse_page_path(wanted: str | None) -> Page:
    """Return the page at a path; an empty one if the path cannot belong to this site."""
    path = (site_path_or_none(wanted) or "").partition("?")[0].partition("#")[0]
    if not path or len(path) > LONGEST_PAGE or request_ctx.url_adapter is None:
        return Page()
    try:
        rule, values = request_ctx.url_adapter.match(path, method="GET", return_rule=True)
    except HTTPException:
        return Page(path)
    if _SECRETS & values.keys():
        return Page(_hide_url_variables(rule))
    return Page(path, rule.endpoint, values)


def _hide_url_variables(rule: Rule) -> str:
    return _CONVERTER.sub("…", rule.rule)


def build_url_for_reader(actor: Actor, path: str) -> str:
    """Return the URL at which the actor can read the page of a remark; empty if they cannot.

    A course has the same pages in every context, but only its learner can open those of an
    assignment. What belongs to one person, such as an attempt, is closed to all others.
    """
    page = parse_page_path(path)
    if not page.endpoint or "public_id" in page.values:
        return ""
    permission = current_app.view_functions[page.endpoint].__dict__["permission"]
    if permission is not None and not actor.may(permission):
        return ""
    values = dict(page.values)
    if "address" in values:
        values["address"] = CourseAddress(values["address"].slug)
    return url_for(page.endpoint, **values)


def find_shown_revisions(session: Session, actor: Actor, page: Page) -> ShownRevisions:
    """Return what a page shows to the actor; nothing if they may not see it."""
    room, _, name = page.endpoint.partition(".")
    if "address" in page.values:
        part = page.values.get(name, "")
        return _find_revisions_of_course_page(session, actor, page.values["address"], part, name)
    if room == "quizzes" and "public_id" in page.values:
        return _find_revisions_of_attempt_page(
            session, actor, page.values["public_id"], page.values.get("position")
        )
    if page.endpoint == "quizzes.show_open_case":
        return _find_revision_of_open_case(session, actor)
    return ShownRevisions()


def _find_revisions_of_course_page(
    session: Session, actor: Actor, address: CourseAddress, part_slug: str = "", kind: str = ""
) -> ShownRevisions:
    course = courses.find_course(session, actor, address.slug, address.context)
    if course is None:
        return ShownRevisions()
    part = _PARTS[kind](course.outline, part_slug) if kind in _PARTS else None
    if part is None:
        return ShownRevisions(course.revision.id, title=course.revision.title)
    return ShownRevisions(course.revision.id, part.revision_id, part.title)


def _find_revisions_of_attempt_page(
    session: Session, actor: Actor, public_id: str, position: int | None
) -> ShownRevisions:
    """Return the case of an exam, but not its title: naming it here could help the learner."""
    attempt = find_own_attempt(session, actor, public_id)
    if attempt is None:
        return ShownRevisions()
    shown = next((item for item in attempt.items if item.position == position), None)
    return ShownRevisions(
        attempt.enrolment.course_revision_id, shown.revision_id if shown else None
    )


def _find_revision_of_open_case(session: Session, actor: Actor) -> ShownRevisions:
    shelf = find_catalog_page(session, actor)
    for course in shelf.courses if shelf else ():
        for case in find_practice_texts(session, course.revision.id, is_open=True)[:1]:
            return ShownRevisions(course.revision.id, case.id, case.front.title)
    return ShownRevisions()
