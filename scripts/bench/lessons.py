"""A class of 200 phones that answer a case of a lesson within ten seconds, and keep asking."""

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flask import Flask

from cpd.db import db
from cpd.schools.cohorts.queries import Reach
from cpd.schools.lessons.models import Lesson, LessonRun
from cpd.schools.lessons.queries import find_lesson_cases, find_newest_revision, find_tallies
from scripts.bench.browser import Browser, Reply, UnexpectedError
from scripts.bench.learners import COURSE
from scripts.bench.measuring import Line
from tests.factories import organisations, schools

PHONES = 200
SECONDS = 10
"""Within which all of them answer."""
AT_ONCE = 20
"""How many join at the same moment, before the case is asked."""
MOST_QUERIES = 1
"""Of a phone that asks whether there is anything new."""


def measure_class_of_phones(app: Flask, url: str) -> Line:
    """Let a class answer; the line says how long an answer took, until the next page is there."""
    run = begin_lesson(app)
    phones = [Browser(url) for _ in range(PHONES)]
    page = f"/schools/live/{run.code}"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda phone: phone.get(page), phones))
    with ThreadPoolExecutor(PHONES) as pool:
        answers = list(pool.map(partial(answer_within_seconds, page=page), phones))
    seconds = [taken for taken, _ in answers if taken is not None]
    polls = [reply for _, replies in answers for reply in replies]
    counted = count_answers(app, run)
    return Line(
        f"{PHONES} phones answer in {SECONDS} s",
        queries=max(reply.query_count for reply in polls),
        requests=len(seconds),
        seconds=statistics.quantiles(seconds, n=100)[98],
        says=(
            f"{PHONES - len(seconds)} answers refused, {counted} counted; s is the p99 of an "
            f"answer, and the median is {statistics.median(seconds) * 1000:.0f} ms; "
            f"{len(polls)} questions for news, p99 "
            f"{statistics.quantiles([reply.seconds for reply in polls], n=100)[98] * 1000:.0f} ms"
        ),
        limits={"queries": MOST_QUERIES},
    )


def begin_lesson(app: Flask) -> LessonRun:
    """Begin a lesson with the first cases of the shipped course."""
    cohort = schools.cohort(app, organisations.school(app, "Bench School of Lessons"))
    empty = schools.lesson(app, cohort, slug=COURSE)
    with app.app_context():
        revision = find_newest_revision(db.session(), empty.course_id)
        slugs = [text.front.id for text in find_lesson_cases(db.session(), revision)[:3]]
    lesson: Lesson = schools.lesson(app, cohort, *slugs, slug=COURSE)
    return schools.begin(app, lesson)


def answer_within_seconds(phone: Browser, page: str) -> tuple[float | None, list[Reply]]:
    """Decide at some moment, and ask for news before and after as the script does.

    Return how long the answer took, None if it was refused, and what was asked.
    """
    moment = random.uniform(0, SECONDS)  # noqa: S311 - no secret
    began, polls, taken = time.monotonic(), [], None
    tag = ""
    is_due = True
    while is_due or time.monotonic() - began < SECONDS:
        pause = random.uniform(3, 5)  # noqa: S311 - no secret
        if is_due and time.monotonic() - began + pause > moment:
            time.sleep(max(0, moment - (time.monotonic() - began)))
            taken, is_due = _send_answer(phone, page), False
            continue
        time.sleep(pause)
        known = {"If_None_Match": tag} if tag else {}
        polls.append(phone.get(f"{page}/state", status=304 if tag else 200, **known))
        tag = polls[-1].headers["ETag"]
    polls.append(phone.get(f"{page}/state"))
    return taken, polls


def _send_answer(phone: Browser, page: str) -> float | None:
    began = time.perf_counter()
    try:
        sent = phone.post(f"{page}/answers", ("place", "1"), ("choice", "modify"))
        phone.follow_redirects(sent)
    except (UnexpectedError, OSError):
        return None
    return time.perf_counter() - began


def count_answers(app: Flask, run: LessonRun) -> int:
    """Return how many answers the lesson holds."""
    reach = Reach(run.lesson.cohort.school.scope)
    with app.app_context():
        return sum(tally.total for tally in find_tallies(db.session(), reach, run).values())
