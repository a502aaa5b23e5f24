"""What the pages of authors share: the course or the draft in the address, names of people."""

from collections.abc import Iterable

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _

from cpd.access.guard import current_actor
from cpd.access.permissions import SYSTEM
from cpd.accounts import queries as people
from cpd.authoring.blind.queries import (
    build_values_of_awaited,
    find_waiting_review,
    select_review_to_answer_first,
)
from cpd.authoring.drafts import queries
from cpd.authoring.drafts.models import Draft
from cpd.authoring.seen_keys.actions import record_opened_keys
from cpd.authoring.seen_keys.queries import CASES, find_opened_files
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock


def draft_or_404(public_id: str) -> Draft:
    """Return the draft in the address, in whatever state, if the actor may write for its course.

    Whoever is asked to answer this file blind is sent there first: these pages show its key.
    """
    actor = current_actor()
    found = queries.find_draft_with_value(
        db.session(),
        actor,
        public_id,
        select_review_to_answer_first(),
        build_values_of_awaited(actor, now=clock.now()),
    )
    draft, review = found or abort(404)
    if review is not None:
        abort(redirect(url_for("authoring.decide_blind", public_id=review), 303))
    if request.method == "GET":
        note_opened_keys(draft.course_id, draft.path)
    return draft


def note_opened_keys(course_id: int, *paths: str) -> None:
    """Record that whoever is reading opened the keys of these files, once for each case.

    To be called before a page shows them; a form that is answered with a redirect shows none.
    """
    note_opened_keys_of_files((course_id, path) for path in paths)


def note_opened_keys_of_files(files: Iterable[tuple[int, str]]) -> None:
    """Record the same of files in several courses, by course and path."""
    subject = current_actor().subject
    cases = {(course_id, path) for course_id, path in files if path.startswith(CASES)}
    new = cases - find_opened_files(db.session(), subject, cases) if cases else cases
    if new:
        with unit_of_work() as writing:
            record_opened_keys(writing, subject, new, now=clock.now())


def send_to_blind_answer_if_asked(course_id: int, *paths: str) -> None:
    """Send somebody who is asked to answer one of these files blind there before they see a key."""
    waiting = find_waiting_review(db.session(), current_actor(), course_id, *paths, now=clock.now())
    if waiting is not None:
        abort(redirect(url_for("authoring.decide_blind", public_id=waiting.public_id), 303))


def written_course_or_404(slug: str) -> CourseRow:
    """Return the course in the address if the actor may write for it."""
    return queries.find_written_course(db.session(), current_actor(), slug) or abort(404)


def find_names_of_people(*subjects: str) -> dict[str, str]:
    """Return the names of people by subject; a release and the command line have no person."""
    found = people.find_names_by_subject(db.session(), set(subjects))
    known = {SYSTEM.subject: _("the site itself"), **found}
    unknown = _("someone whose account was deleted")
    return {subject: known.get(subject, unknown) for subject in subjects}
