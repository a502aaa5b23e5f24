"""What the pages of authors cost: the case bank, a preview, a save, and publishing a draft."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.authoring.drafts import actions as drafts
from cpd.authoring.drafts.models import Draft
from cpd.authoring.indexing.models import IndexedCase
from cpd.authoring.sources.disk import LIBRARY
from cpd.config import settings_of_app
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from scripts.bench.browser import Browser, Reply
from scripts.bench.learners import COURSE
from scripts.bench.measuring import CLIENTS, Line, Meter
from tests.factories import accounts
from tests.support.people import ADA, Person
from tests.support.visitor import Visitor

CASES = 10_000
TIMES = 40
WANTED = "/authoring/cases?words=ms+heat+sess&state=published&decision=modify&age=new"
"""Three words and three filters; a tenth of the cases have all words."""


def let_in_with_code(app: Flask, named: Person, url: str) -> Browser:
    """Return a browser in which somebody is signed in with a code from an app."""
    visitor = accounts.let_in(Visitor(app), named)
    settings = settings_of_app(app)
    cookie = visitor.client.get_cookie(settings.session_cookie)
    if cookie is None:
        raise ValueError(settings.session_cookie)
    name = replace(settings, public_url=url).session_cookie
    return Browser(url, {name: cookie.value})


@dataclass
class Desk:
    """Authors in their browsers, and the drafts in which they write."""

    app: Flask
    meter: Meter

    def measure_requests_of_authors(self) -> Iterator[Line]:
        """Measure the requests of authors."""
        url = self.meter.server.url
        browsers = [let_in_with_code(self.app, ADA, url) for _ in range(CLIENTS)]
        for browser in browsers:
            browser.get("/authoring/ideas")
        fill_case_bank(self.app)
        yield self._measure_page("case bank of 10,000, filtered", browsers, WANTED, 100, queries=8)
        yield self._measure_page("case bank of 10,000", browsers, "/authoring/cases", 100)
        section = self._start_draft("sections/09-safety.md")
        path = f"/authoring/drafts/{section.public_id}/preview"
        yield self._measure_page("preview of 2,700 words", browsers, path, 200)
        yield self._measure_saves(browsers[0])

    def _measure_page(
        self, name: str, browsers: list[Browser], path: str, most: float, **limits: float
    ) -> Line:
        asks = [partial(_get_alone, browser, path) for browser in browsers]
        return self.meter.measure_repeated_requests(
            name, asks, times=TIMES, bare_pages=most, **limits
        )

    def _measure_saves(self, browser: Browser) -> Line:
        """Measure what the page's script sends while somebody writes a case."""
        draft = self._start_draft("cases/aaliyah-third-call.md")
        saved = draft.text_hash
        count = 0

        def save() -> list[Reply]:
            nonlocal saved, count
            count += 1
            reply = browser.post_form(
                f"/authoring/drafts/{draft.public_id}/autosave",
                ("text", f"{draft.text}\nWord {count}.\n"),
                ("begun_with", saved),
            )
            saved = reply.json["begun_with"]
            return [reply]

        save()
        rounds = [[save] * (TIMES // 5)] * 5
        return self.meter.measure_line(
            "a save of a draft", rounds, [[save] * TIMES], bare_pages=20, queries=6
        )

    def _start_draft(self, path: str) -> Draft:
        text = (LIBRARY / COURSE / path).read_text()
        with self.app.app_context():
            course = db.session.scalars(sa.select(CourseRow).where(CourseRow.slug == COURSE)).one()
            with unit_of_work() as session:
                return drafts.start_draft(
                    session, course, path, text, base=None, actor=SYSTEM, now=clock.now()
                )


def _get_alone(browser: Browser, path: str) -> list[Reply]:
    return [browser.get(path)]


def fill_case_bank(app: Flask) -> None:
    """Clone the cases of the course until the bank has ten thousand."""
    with app.app_context(), unit_of_work() as session:
        rows = session.scalars(sa.select(IndexedCase).where(IndexedCase.draft_id.is_(None))).all()
        values = [
            {
                column.key: getattr(row, column.key)
                for column in sa.inspect(IndexedCase).columns
                if column.key not in ("id", "revision_id")
            }
            for row in rows
        ]
        clones = [values[number % len(values)] for number in range(CASES - len(values))]
        session.execute(sa.insert(IndexedCase), clones)
