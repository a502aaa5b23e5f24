"""The lines of the table: what is requested, and the limits of its cost."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice

from flask import Flask
from sqlalchemy import select

from cpd.access.permissions import VISITOR
from cpd.certificates.code_lists.rules.reading import MAX_CODES
from cpd.certificates.models import Certificate
from cpd.certificates.rules.codes import format_code
from cpd.courses import queries as courses
from cpd.db import db, unit_of_work
from scripts.bench import bare
from scripts.bench.browser import Browser, Reply
from scripts.bench.classes import LargeClass
from scripts.bench.learners import (
    COURSE,
    EXAM,
    Exam,
    Seat,
    add_learners_ready_for_exam,
    start_exam_and_open_cases,
)
from scripts.bench.measuring import CLIENTS, Ask, Line, Meter
from tests.factories import cycles
from tests.factories.accounts import row_of

TIMES = 200
ACTIVITIES = 200
"""Outside activities of one person."""
ALONE = 6
"""Whole exams taken one after the other; then several are taken at once."""
PAGE = f"/courses/{COURSE}"


class Measured:
    """A served site, and people at different places in its course."""

    def __init__(
        self, app: Flask, meter: Meter, large_class: LargeClass, *, first: int = 1
    ) -> None:
        """Create the people, numbered from `first`, which differs between runs."""
        self.app, self.meter = app, meter
        self.large_class = large_class
        url = meter.server.url
        exams = ALONE + CLIENTS
        people = add_learners_ready_for_exam(app, first, CLIENTS + 2 * exams)
        self.learners = people[:CLIENTS]
        self.seats = [start_exam_and_open_cases(learner, url) for learner in people[:CLIENTS]]
        self.readers = [seats[0].browser for seats in self.seats]
        takers = [
            (learner, Browser(url).sign_in(learner.named.email)) for learner in people[CLIENTS:]
        ]
        for _, browser in takers:
            browser.get(EXAM)
        self.plain = [Exam(*taker, with_script=False) for taker in takers[:exams]]
        self.scripted = [Exam(*taker, with_script=True) for taker in takers[exams:]]

    def measure_everyday_requests(self) -> Iterator[Line]:
        """Measure everyday requests."""
        visitors = self.meter.open_browsers()
        yield self._measure_page("a bare durable commit", visitors, bare.COMMIT, method="POST")
        yield self._measure_page("home", visitors, "/")
        yield self._measure_page("catalogue", visitors, "/courses", bare_pages=10)
        etag = visitors[0].get("/courses").headers["ETag"]
        yield self._measure_requests(
            "catalogue, known: 304",
            [
                partial(visitor.get, "/courses", status=304, If_None_Match=etag)
                for visitor in visitors
            ],
            bare_pages=10,
        )
        yield self._measure_page("course page", self.readers, PAGE)
        yield self._measure_page(
            "section page, longest",
            self.readers,
            self.longest_section_path(),
            bare_pages=12,
            queries=6,
        )
        yield self._measure_case_pages()
        yield self._measure_saved_answers("saved answer", bare_pages=12, queries=5, p99_four=20)
        with self._others_busy():
            busy = self._measure_saved_answers("saved answer, others busy", p99_four=20)
        busy.cpu_ms = busy.bare_pages = None  # it includes the others' share
        yield busy
        yield self._measure_exams("whole exam", self.plain)
        yield self._measure_exams("whole exam, with script", self.scripted)
        done = [exam.browser for exam in self.plain]
        yield from self._measure_gradebook()
        yield from self._measure_topics()
        yield self._measure_page("record page", done[:CLIENTS], "/record")
        yield self._measure_cycles()
        yield self._measure_certificates()
        yield from self._measure_verification(visitors)

    def _measure_cycles(self) -> Line:
        with self.app.app_context(), unit_of_work() as session:
            for learner in self.learners:
                held = cycles.store_license(session, learner.actor())
                for number in range(ACTIVITIES):
                    cycles.store_activity(session, learner.actor(), held, f"Class {number}", 60)
        name = f"cycles with {ACTIVITIES} activities"
        return self._measure_page(name, self.readers, "/record/cycles", bare_pages=15, queries=8)

    def longest_section_path(self) -> str:
        """Return the address of the section with the most words."""
        return max(self.section_paths_and_words(), key=lambda pair: pair[1])[0]

    def section_paths_and_words(self) -> list[tuple[str, int]]:
        """Return the address and word count of each section."""
        with self.app.app_context():
            course = courses.find_course(db.session(), VISITOR, COURSE)
            parts = course.outline.sections if course else ()
            return [(f"{PAGE}/sections/{part.slug}", part.words) for part in parts]

    def _measure_page(
        self,
        name: str,
        browsers: Sequence[Browser],
        path: str,
        *,
        method: str = "GET",
        **limits: float,
    ) -> Line:
        asks = [partial(browser.request_without_body, method, path) for browser in browsers]
        return self._measure_requests(name, asks, **limits)

    def _measure_gradebook(self) -> Iterator[Line]:
        browsers = [self.large_class.open_browser(self.meter.server.url) for _ in range(CLIENTS)]
        for name, query, most in (("first page", "", 80), ("all", "?view=all", 350)):
            yield self._measure_page(
                f"gradebook of 1,000, {name}",
                browsers,
                self.large_class.path + query,
                bare_pages=most,
                queries=8,
                gzip=100_000,
            )

    def _measure_topics(self) -> Iterator[Line]:
        """Measure the matrix of safety topics of the large class, person by person."""
        browsers = [self.large_class.open_browser(self.meter.server.url) for _ in range(CLIENTS)]
        for name, query, most in (("first page", "", 80), ("all", "&view=all", 350)):
            yield self._measure_page(
                f"safety topics of 1,000, {name}",
                browsers,
                self.large_class.topics_path + query,
                bare_pages=most,
                queries=8,
                gzip=100_000,
            )

    def _measure_requests(self, name: str, asks: Sequence[partial[Reply]], **limits: float) -> Line:
        return self.meter.measure_repeated_requests(
            name, [_as_ask(ask) for ask in asks], times=TIMES, **limits
        )

    def _measure_case_pages(self) -> Line:
        """Measure all cases of each open exam in turn, because every exam draws others."""
        turns = [cycle(seats) for seats in self.seats]

        def open_next_case(seats: Iterator[Seat]) -> list[Reply]:
            seat = next(seats)
            return [seat.browser.get(f"/attempts/{seat.attempt}/cases/{seat.position}")]

        asks = [partial(open_next_case, seats) for seats in turns]
        return self.meter.measure_repeated_requests("case page", asks, times=TIMES)

    def _measure_saved_answers(self, name: str, **limits: float) -> Line:
        turns = [cycle(seats) for seats in self.seats]

        def save_next_answer(seats: Iterator[Seat]) -> list[Reply]:
            return [next(seats).save_random_answer()]

        asks = [partial(save_next_answer, seats) for seats in turns]
        return self.meter.measure_repeated_requests(name, asks, times=TIMES, **limits)

    @contextmanager
    def _others_busy(self) -> Iterator[None]:
        """During the block, let one person keep signing in and another keep reading."""
        stop = threading.Event()
        email, longest = self.plain[0].learner.named.email, self.longest_section_path()
        reader = self.plain[1].browser

        def keep_signing_in() -> None:
            while not stop.wait(0.2):
                Browser(self.meter.server.url).sign_in(email)

        def keep_reading() -> None:
            while not stop.wait(0.05):
                reader.get(longest)

        threads = [threading.Thread(target=work) for work in (keep_signing_in, keep_reading)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _measure_exams(self, name: str, exams: Sequence[Exam]) -> Line:
        line = self.meter.measure_line(
            name,
            [[exam.take_exam] for exam in exams[:ALONE]],
            [[exam.take_exam] for exam in exams[ALONE:]],
        )
        of_ten = 10 / (sum(exam.questions for exam in exams[:ALONE]) / ALONE)
        cases = len(exams[0].keys)
        line.says = (
            f"{cases} cases, {10 / of_ten:.1f} questions; for ten questions "
            f"{(line.bare_pages or 0) * of_ten:.0f} bare pages and "
            f"{(line.requests or 0) * of_ten:.0f} requests"
        )
        line.limits = {"bare_pages": 250 / of_ten, "requests": 24 / of_ten}
        return line

    def _measure_certificates(self) -> Line:
        asks = []
        with self.app.app_context():
            for exam in self.plain:
                subject = row_of(exam.learner.named).subject
                query = select(Certificate.public_id).where(Certificate.subject == subject)
                path = f"/certificates/{db.session.scalar(query)}/certificate.pdf"
                asks.append(_as_ask(partial(exam.browser.get, path)))
        asks[0]()  # each process reads the fonts once
        asks[1]()
        return self.meter.measure_line(
            "certificate PDF, made",
            [[ask] for ask in asks[2:ALONE]],
            [[ask] for ask in asks[ALONE:]],
            bare_pages=80,
            bytes=60_000,
        )

    def _measure_verification(self, browsers: Sequence[Browser]) -> Iterator[Line]:
        """Measure what anybody asks about codes: one, and as many as a list may hold."""
        with self.app.app_context():
            found = db.session.scalars(select(Certificate.code).limit(MAX_CODES)).all()
        path = f"/verify/{format_code(found[0])}"
        yield self._measure_page("verify page", browsers, path, bare_pages=10, queries=4)
        codes = "\n".join(islice(cycle(found), MAX_CODES))
        for browser in browsers:
            browser.get("/verify/list")
        asks = [
            partial(browser.post_form, "/verify/list", ("codes", codes)) for browser in browsers
        ]
        yield self._measure_requests("50 codes at once", asks, bare_pages=60, queries=4)


def _as_ask(ask: partial[Reply]) -> Ask:
    return lambda: [ask()]
