"""Hostile words in every field: on no page of authors, reviewers or learners does anything run."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import markdown
import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Dialog, Page, Request, Route

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.review import actions as reviewing
from cpd.db import unit_of_work
from cpd.kernel import clock
from tests.authoring.editor.test_editor import begin
from tests.authoring.hostile_course import (
    ATTACK,
    iterate_payloads,
    make_hostile,
    publish_in_spite_of_faults,
    write_hostile_course,
)
from tests.content.hostile import PAYLOADS
from tests.factories import accounts, drafts, reviews
from tests.factories.courses import FOLDER, SLUG
from tests.factories.quizzes import Learner
from tests.support.fields import read_forms
from tests.support.people import ADA, MAYA, RAVI
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
HERE = "http://localhost"
COURSE, WRITE = f"/courses/{SLUG}", "/authoring"
LIVE = """() => [...document.querySelectorAll("main *, header *, title")].filter((it) =>
    [...it.attributes].some(({ name, value }) => /^(on|style$|srcdoc)/.test(name)
        || /^(href|src|(form)?action)$/.test(name) && /^\\s*(\\w+script|data):/i.test(value))
    || /^(script|iframe|object|embed|base|meta|link|style|math|video|audio)$/i.test(it.localName)
        && !it.matches("script[src^='/static/']")
).map((it) => it.outerHTML.slice(0, 200))"""
"""What could run in the text of a page, or on a click on it."""


@dataclass
class Watched:
    """A page whose content security policy is off, and what happened on it."""

    page: Page
    shown: dict[str, str] = field(default_factory=dict)
    """The HTML of each address."""
    happened: list[str] = field(default_factory=list)

    def note_and_close(self, dialog: Dialog) -> None:
        """Note that something ran, and let the page go on."""
        self.happened.append("ran")
        dialog.dismiss()

    def visit(self, name: str, text: str) -> list[str]:
        """Show one page, and return all that ran, was asked elsewhere, or could run."""
        self.happened.clear()
        self.shown[f"/{name}"] = text
        self.page.goto(f"{HERE}/{name}")
        return [*self.happened, *self.page.evaluate(LIVE)]


@pytest.fixture
def watched(app: Flask, new_context: Callable[..., BrowserContext]) -> Watched:
    """A browser in which no policy stops what a page would run; it reaches only this app."""
    context = new_context(bypass_csp=True)
    found = Watched(context.new_page())
    client = accounts.let_in(Visitor(app, "maya"), MAYA).client

    def serve(route: Route, request: Request) -> None:
        at = urlsplit(request.url)
        if f"{at.scheme}://{at.netloc}" != HERE:
            found.happened.append(f"asked {request.url}")
            route.abort()
        elif at.path in found.shown:
            route.fulfill(body=found.shown[at.path], content_type="text/html")
        elif at.path.startswith(("/static/", f"{COURSE}/")):  # and the course's own pictures
            sent = client.get(at.path)
            route.fulfill(body=sent.data, content_type=sent.content_type or "")
        else:
            found.happened.append(f"asked {at.path}")
            route.abort()

    context.route("**/*", serve)
    found.page.on("dialog", found.note_and_close)
    return found


@pytest.fixture
def bundle(app: Flask, tmp_path: Path) -> Bundle:
    """The hostile course, published."""
    return publish_in_spite_of_faults(app, write_hostile_course(tmp_path))


def test_nothing_runs(app: Flask, bundle: Bundle, watched: Watched) -> None:
    pages = {
        **dict(collect_learner_pages(app)),
        **dict(collect_reviewer_pages(app, bundle)),
        **dict(collect_author_pages(app)),
    }
    assert sum("alert(1)" in text for text in pages.values()) > 30
    found = {name: seen for name, text in pages.items() if (seen := watched.visit(name, text))}
    assert found == {}


def test_control_without_escaping_and_sanitizer_the_browser_runs_it(watched: Watched) -> None:
    escaped = f"<!doctype html><main>{html.escape(ATTACK)}</main>"
    assert watched.visit("escaped", escaped) == []
    assert watched.visit("unescaped", html.unescape(escaped)).count("ran") == 2
    assert "asked http://off.example/a.png" in watched.happened
    rendered = "\n".join(markdown.markdown(one, extensions=["extra"]) for one in PAYLOADS[:40])
    assert "ran" in watched.visit("unsanitized", f"<!doctype html><main>{rendered}</main>")


# Learners


def collect_learner_pages(app: Flask) -> Iterator[tuple[str, str]]:
    """Read the course, decide its cases, sit an exam, hand it in, and look at all of it again."""
    maya, learner = accounts.let_in(Visitor(app, "maya"), MAYA), Learner(app, MAYA, SLUG).study()
    attempt = learner.start()
    yield from crawl(app, maya, COURSE, below=(COURSE,))
    yield from crawl(app, maya, f"/attempts/{attempt}/cases/1", below=(f"/attempts/{attempt}",))
    learner.answer_all(attempt)
    learner.hand_in(attempt)
    yield from crawl(app, maya, f"/attempts/{attempt}/result", f"/attempts/{attempt}/review")


def crawl(
    app: Flask, visitor: Visitor, *starts: str, below: tuple[str, ...] = (), of_each: int = 1
) -> Iterator[tuple[str, str]]:
    """Yield some pages of each route that links lead to, by a name for each."""
    waiting, seen, count = [*starts], set(starts), dict[str, int]()
    routes = app.url_map.bind("localhost")
    while waiting:
        address = waiting.pop(0)
        route = str(routes.match(address.partition("?")[0])[0])
        count[route] = count.get(route, 0) + 1
        if count[route] > of_each:
            continue
        answer = visitor.send("GET", address, status=(200, 302, 303))
        if answer.status != 200 or answer.response.mimetype != "text/html":
            continue
        yield f"{visitor.name}-{route}-{count[route]}", answer.html
        for link in [urlsplit(it.get("href", "")) for it in answer.page.all("a")]:
            if not link.netloc and link.path.startswith(below) and link.path not in seen:
                seen.add(link.path)
                waiting.append(link.path)


# Authors


def collect_author_pages(app: Flask) -> Iterator[tuple[str, str]]:
    """Open a draft of each type of file, with hostile words in all its fields, on every page."""
    ada, payloads = accounts.let_in(Visitor(app, "ada"), ADA), iterate_payloads()
    drafts.take_down(app, ADA, f"A man of 50. {ATTACK}")
    types = {file.file.type_: file for file in read_forms(FOLDER)}
    for file in types.values():
        address = begin(ada, file.path)
        ada.get(f"{address}/text")
        hostile = make_hostile(file, payloads, is_draft=True)
        ada.submit({"text": hostile}, action="/text", status=303)
        yield f"form-{file.path}", ada.get(address).html
        yield f"differences-{file.path}", ada.get(f"{address}/differences").html
        if file.file.type_ != "case":
            continue
        yield "text", ada.get(f"{address}/text").html
        sent = {"text": f"{hostile}\n{ATTACK}", "begun_with": "stale"}
        yield "conflict", ada.post(f"{address}/text", sent, status=409).html
        for page in ("history", "preview", "review"):
            yield page, ada.get(f"{address}/{page}").html
    course = f"{WRITE}/courses/{SLUG}"
    yield from crawl(app, ada, WRITE, f"{WRITE}/ideas", course, below=(course,))
    ada.get(f"{WRITE}/ideas")
    ada.client.environ_base["HTTP_ORIGIN"] = HERE
    with ada.client.session_transaction() as cookie:
        cookie.clear()
    sent_again = ada.submit({"story": f"Two words. {ATTACK}"}, action="/ideas", status=401)
    yield "signed-out", sent_again.html


# Reviewers


def collect_reviewer_pages(app: Flask, bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Decide a hostile case blind, compare, comment, and show the author what was said."""
    ravi, ada = (accounts.let_in(Visitor(app, one.name), one) for one in (RAVI, ADA))
    case = bundle.built["leo-as-usual"]
    sample = (case.front, case.key)
    asked = reviews.ask(app, RAVI, "hostile-asked", sample)
    answered = reviews.answer(app, RAVI, "hostile-answered", sample)
    with app.app_context(), unit_of_work() as session:
        reviewing.add_comment(session, answered.id, "body", ATTACK, now=clock.now())
    for name, review in (("blind", asked), ("compare", answered)):
        page = f"{WRITE}/reviews/{review.public_id}"
        yield name, ravi.get(f"{page}/key" if name == "compare" else page).html
    yield "requests", ravi.get(f"{WRITE}/reviews").html
    ravi.get(f"{WRITE}/reviews/{answered.public_id}/key")
    ravi.submit({"verdict": "disagree", "text": ATTACK}, action="/opinion", status=303)
    yield "request", ravi.follow().html
    yield "said", ada.get(f"{WRITE}/drafts/{answered.draft.public_id}/review").html
    token = reviews.invite(app, "guest@example.org", note=ATTACK)
    yield "invitation", Visitor(app).get(f"{WRITE}/invitations/{token}").html
