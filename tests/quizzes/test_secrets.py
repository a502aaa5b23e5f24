"""Nothing of a key reaches a learner before release: markers planted in keys are looked for."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.courses.renderings import Rendering
from cpd.db import db
from cpd.quizzes.keys import KeyRendering
from tests.factories import courses
from tests.factories.quizzes import Learner, harmless_and_wrong, right, worst
from tests.support.people import MAYA
from tests.support.visitor import Answer, Visitor

pytestmark = pytest.mark.pages

ANY = tuple(range(200, 500))
MARKER = "zqmark"
"""Stands in no text of ours; followed by where it was planted."""
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

KEY_SIDE = re.compile(r"^(?P<key> *(?:rationale|say|reviewer): )(?P<text>.*)$", re.MULTILINE)


def plant(folder: Path) -> tuple[Path, int]:
    """Copy the small course and plant a marker in every rationale, sentence and reviewer's name."""
    copy = folder / courses.SLUG
    shutil.copytree(courses.FOLDER, copy)
    count = 0
    for path in sorted((copy / "cases").glob("*.md")):
        text = path.read_text()
        if "pool: exam" not in text:
            continue  # practice is explained at once

        def mark(found: re.Match[str], name: str = path.stem) -> str:
            nonlocal count
            count += 1
            return f"{found['key']}{found['text']} {MARKER}-{name}-{count}"

        path.write_text(KEY_SIDE.sub(mark, text))
    return copy, count


@dataclass
class Crawl:
    """Fetches every page that links lead to, and keeps every byte that came."""

    visitor: Visitor
    received: list[tuple[str, bytes]] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)

    def keep(self, answer: Answer) -> Answer:
        """Keep what came, headers included."""
        headers = str(answer.response.headers).encode()
        self.received.append((answer.path, headers + answer.body))
        return answer

    def everything(self, *starts: str) -> None:
        """Follow all links, from the pages where a learner begins."""
        waiting = list(starts) or ["/", "/record", f"/courses/{courses.SLUG}"]
        seen: set[str] = set()
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            response = self.visitor.client.get(path)  # its HTML is checked by other tests
            answer = self.keep(Answer(response, path))
            if answer.status in {301, 302, 303}:
                waiting.append(answer.location)
            elif "html" in answer.header("Content-Type"):
                waiting.extend(self._links(path, answer))
        self.paths |= seen

    def _links(self, path: str, answer: Answer) -> Iterator[str]:
        for href in re.findall(r'(?:href|src)="([^"]+)"', answer.html):
            target = urlsplit(
                urldefrag(urljoin(f"http://localhost{path}", href.replace("&amp;", "&"))).url
            )
            if target.hostname == "localhost" and "sign-out" not in target.path:
                yield target.path + (f"?{target.query}" if target.query else "")

    def found(self) -> list[str]:
        """Return where the marker was received."""
        return [path for path, received in self.received if MARKER.encode() in received.lower()]


@pytest.fixture
def planted(app: Flask, tmp_path: Path) -> int:
    folder, count = plant(tmp_path)
    courses.publish(app, folder)
    return count


def test_no_marker_before_release_and_every_one_after(
    app: Flask, planted: int, maya: Visitor
) -> None:
    assert planted > 60
    learner = Learner(app, MAYA)
    crawl = Crawl(maya)
    crawl.everything()  # enrolled nowhere
    learner.study()
    crawl.everything()  # may start

    public_id = learner.start()
    base = f"/attempts/{public_id}"
    for position in range(1, 7):
        learner.answer(public_id, position, [right, worst, harmless_and_wrong][position % 3])
    crawl.everything("/record", base, f"{base}/decisions", f"{base}/submission", f"{base}/review")
    _speak_json(crawl, base)
    _ask_for_what_is_not_there(crawl, base)

    learner.hand_in(public_id)
    crawl.everything(
        "/record", base, f"{base}/result", f"{base}/review", f"/courses/{courses.SLUG}/exam"
    )
    assert any(path.endswith("/result") for path in crawl.paths)
    assert crawl.found() == []
    assert len(crawl.received) > 60


@on_sqlite
def test_who_reads_along_is_told_no_key(planted: int, ada: Visitor) -> None:
    """An author reads every page of the course; keys are only on the pages for writing it."""
    crawl = Crawl(ada)
    crawl.everything("/", f"/courses/{courses.SLUG}/exam")
    assert {f"/courses/{courses.SLUG}/{page}" for page in ("sections/adapting", "whole")} <= (
        crawl.paths
    )
    found = crawl.found()
    assert [path for path in found if not path.startswith("/authoring/")] == []
    assert found  # the control


def test_html_of_keys_lies_apart_from_what_delivery_joins(app: Flask, planted: int) -> None:
    """What serves an open attempt joins `renderings`; its control is the table of the keys."""
    with app.app_context():
        rows = db.session.execute(sa.select(Rendering.html, Rendering.texts, Rendering.found)).all()
        keys = db.session.scalars(sa.select(KeyRendering.texts)).all()
    assert rows
    assert MARKER not in str(rows)
    assert str(keys).count(f"{MARKER}-") > planted / 2  # sentences and names are no Markdown


def test_after_a_pass_the_same_markers_are_there(app: Flask, planted: int, maya: Visitor) -> None:
    """The control of the test above: the crawl does find what is there."""
    public_id = Learner(app, MAYA).pass_exam()
    crawl = Crawl(maya)
    crawl.everything(f"/attempts/{public_id}/result")
    assert crawl.found() == [f"/attempts/{public_id}/review"]
    review = dict(crawl.received)[f"/attempts/{public_id}/review"].decode()
    with app.app_context():
        drawn = {item.revision.front["id"] for item in Learner(app, MAYA).attempt(public_id).items}
    assert set(re.findall(rf"{MARKER}-([a-z-]+)-\d+", review)) == drawn


def test_after_a_pass_the_failed_try_is_open_too(app: Flask, planted: int, maya: Visitor) -> None:
    learner = Learner(app, MAYA).study()
    failed = learner.start()
    learner.hand_in(failed)
    crawl = Crawl(maya)
    crawl.everything(f"/attempts/{failed}/result", f"/attempts/{failed}/review")
    assert crawl.found() == []
    passed = learner.start()
    learner.answer_all(passed)
    learner.hand_in(passed)
    crawl.everything(f"/courses/{courses.SLUG}/exam", f"/attempts/{passed}/result")
    assert sorted(crawl.found()) == sorted(f"/attempts/{one}/review" for one in (failed, passed))


def _speak_json(crawl: Crawl, base: str) -> None:
    page = crawl.visitor.get(f"{base}/cases/1")
    step = page.page.forms[-1].value("step")
    for body in (
        {
            "event_id": "evt_json",
            "position": 1,
            "step": step,
            "after": None,
            "choices": ["proceed"],
        },
        {"event_id": "evt_odd", "position": 1, "step": step, "after": None, "choices": ["foreign"]},
        {"event_id": "evt_step", "position": 1, "step": "nowhere", "after": None, "choices": []},
        {"event_id": "evt_far", "position": 99, "step": step, "after": None, "choices": []},
    ):
        crawl.keep(
            crawl.visitor.post(f"{base}/events", json=body, status=(200, 400, 404, 409, 422))
        )


def _ask_for_what_is_not_there(crawl: Crawl, base: str) -> None:
    for path in ("/cases/0", "/cases/13", "/cases/1/key", "/review.json", "/result?format=json"):
        crawl.keep(
            crawl.visitor.send(
                "GET", base + path, status=ANY, headers={"Accept": "application/json"}
            )
        )
