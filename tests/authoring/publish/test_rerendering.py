"""HTML is derived: a mended sanitiser reaches every page, whenever its text was published."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from cpd.access.permissions import SYSTEM
from cpd.authoring.files import texts
from cpd.authoring.files.texts import BODY, Texts, extract_markdown_by_path
from cpd.authoring.publish import rerendering
from cpd.authoring.publish.models import Source
from cpd.cli import content
from cpd.content import render
from cpd.content import version as fingerprint
from cpd.content.document import Rendered
from cpd.content.version import load_renderer_version
from cpd.courses import queries
from cpd.courses.models import Revision
from cpd.courses.offline_copy import build_offline_copy
from cpd.courses.renderings import Rendering
from cpd.db import db
from cpd.kernel import clock, memory
from cpd.quizzes.keys import KeyRendering
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.people import MAYA, ZOE
from tests.support.visitor import Visitor

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
COURSE = f"/courses/{SLUG}"
Shown = dict[str, bool]


class Renderers:
    """Puts the renderer of a later release in the place of ours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def mend(self) -> None:
        """Mend the sanitiser, and leave its version as it was: a later release would never."""
        self._monkeypatch.setattr(render, "RENDERER", "tests.support.mended_renderer")
        render.close_renderer()
        memory.clear_all_caches()

    def count_anew(self) -> None:
        """Give the renderer the version that its code has now."""
        self._monkeypatch.setattr(fingerprint, "LIBRARIES", ("nh3",))
        load_renderer_version.cache_clear()
        memory.clear_all_caches()


@pytest.fixture
def renderers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Renderers]:
    yield Renderers(monkeypatch)
    monkeypatch.undo()
    load_renderer_version.cache_clear()
    render.close_renderer()


@pytest.fixture
def paragraphs(app: Flask, maya: Visitor, zoe: Visitor) -> Callable[[], Shown]:
    """Tells of each kind of page whether paragraphs of its course stand on it as such."""
    learner = Learner(app, MAYA).study()
    courses.enrol(app, ZOE)
    attempt = learner.start()
    passed = Learner(app, ZOE).pass_exam()
    places = {
        "section": (maya, f"{COURSE}/sections/adapting", "{}Open a window, leave out"),
        "course": (maya, COURSE, "{}After this course"),
        "sheet": (maya, f"{COURSE}/tools/heat-card", "{}<em>If I am confused"),
        "figure": (maya, f"{COURSE}/sections/noticing", "{}Open the window first."),
        "corrected": (maya, f"{COURSE}/corrections", "{}<b>Corrected here"),
        "practice": (maya, f"{COURSE}/sections/noticing", "{}Quinn, 48, grew dizzy"),
        "feedback": (maya, f"{COURSE}/sections/noticing", "{}Going ahead as planned leaves"),
        "all on one page": (maya, f"{COURSE}/whole", "{}Open a window, leave out"),
        "open attempt": (maya, f"/attempts/{attempt}/cases/1", 'class="say">{}'),
        "reasons after a pass": (zoe, f"/attempts/{passed}/review", '<div class="stack-s">{}'),
    }

    def look() -> Shown:
        found = {}
        for name, (visitor, path, where) in places.items():
            html = visitor.get(path).html
            found[name] = where.format("<p>") in html
            assert found[name] or where.format("") in html, f"{path} lacks {where}"
        return found

    return look


def everywhere(found: Shown, *, stand: bool) -> None:
    """Check that paragraphs stand on every page, or on none."""
    assert {name for name, stands in found.items() if stands is not stand} == set()


def count(table: type[Any]) -> int:
    """Count the rows of this version."""
    of_this = (
        sa.select(sa.func.count())
        .select_from(table)
        .where(table.version == load_renderer_version())
    )
    return db.session.scalar(of_this) or 0


@only_sqlite
def test_a_mended_sanitiser_reaches_every_page(
    app: Flask, paragraphs: Callable[[], Shown], renderers: Renderers
) -> None:
    everywhere(paragraphs(), stand=True)
    renderers.mend()
    with app.app_context():
        assert rerendering.rerender_published_texts(now=clock.now()) == 0
    kept = edition_of(app)
    everywhere(paragraphs(), stand=True)  # the control: only a new version makes it anew
    renderers.count_anew()
    with app.app_context():
        assert rerendering.rerender_published_texts(now=clock.now()) == len(
            list(courses.bundle().course_and_parts)
        )
    everywhere(paragraphs(), stand=False)
    assert edition_of(app) != kept, "phones fetch their copy of the course anew"


def edition_of(app: Flask) -> str:
    """Return which copy of the course maya's phone keeps."""
    with app.test_request_context():
        copy = build_offline_copy(courses.course_of(MAYA))
        assert copy is not None
        return copy.edition


@only_sqlite
def test_what_is_not_rendered_yet_is_made_for_the_page(
    app: Flask, paragraphs: Callable[[], Shown], renderers: Renderers
) -> None:
    renderers.mend()
    renderers.count_anew()
    everywhere(paragraphs(), stand=False)
    with app.app_context():
        assert count(Rendering) == count(KeyRendering) == 0, "reading writes nothing"


def test_two_processes_may_render_at_once(
    app: Flask, renderers: Renderers, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderers.count_anew()
    assert run_twice(app, monkeypatch) == []
    with app.app_context():
        parts = list(courses.bundle().course_and_parts)
        assert count(Rendering) == len(parts)
        assert count(KeyRendering) == len(courses.bundle().cases)


def test_control_without_the_clause_of_conflicts_one_of_them_fails(
    app: Flask, renderers: Renderers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(session: Any, table: Any, rows: Any, *, by: Any) -> None:
        del by
        session.execute(sa.insert(table), rows)

    renderers.count_anew()
    monkeypatch.setattr(rerendering, "insert_if_absent", add)
    (fault,) = run_twice(app, monkeypatch)
    assert isinstance(fault, IntegrityError)


def run_twice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Rebuild in two threads, which both have read before one writes; return what failed."""
    both_have_read = threading.Barrier(2, timeout=30)
    failed: list[Exception] = []
    unhurried = texts.render_markdown_of_files

    def rendered(files: Sequence[Any]) -> list[Texts]:
        both_have_read.wait()
        return unhurried(files)

    def rebuild() -> None:
        with app.app_context():
            try:
                rerendering.rerender_published_texts(now=clock.now())
            except IntegrityError as fault:
                failed.append(fault)

    monkeypatch.setattr(rerendering, "render_markdown_of_files", rendered)
    threads = [threading.Thread(target=rebuild) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


@only_sqlite
def test_html_of_another_version_goes_when_ours_has_been_there_for_long(
    app: Flask, renderers: Renderers
) -> None:
    before = load_renderer_version()
    parts = len(list(courses.bundle().course_and_parts))
    left = sa.select(sa.func.count()).select_from(Rendering).where(Rendering.version == before)
    with app.app_context():
        renderers.count_anew()
        began = clock.now()
        assert rerendering.rerender_published_texts(now=began) == parts
        for share, expected in ((0.9, parts), (1.1, 0)):
            assert (
                rerendering.rerender_published_texts(now=began + share * rerendering.KEPT_FOR) == 0
            )
            assert db.session.scalar(left) == expected


@only_sqlite
def test_publishing_again_renders_what_was_edited_alone(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = courses.altered(tmp_path, {"cases/nico-room.md": ("second warm", "second, warmer")})
    documents: list[str] = []
    asked = render.Renderer.render_documents

    def noting(renderer: render.Renderer, batch: Sequence[str]) -> Any:
        documents.extend(batch)
        return asked(renderer, batch)

    monkeypatch.setattr(render.Renderer, "render_documents", noting)
    with app.app_context():
        content.publish_folders(content.load_sound_folders_or_exit([folder]), reason="One edit.")
        case = queries.find_newest_course_revision(db.session(), SYSTEM, SLUG)
        assert case is not None
        assert case.number == 2
    about = courses.bundle().course.source.body  # its row is the whole course's
    edited = [text for text in documents if text != about]
    assert 0 < len(edited) <= 6


@only_sqlite
def test_a_source_that_today_is_refused_is_shown_still(app: Flask) -> None:
    """The schema and the reader may grow stricter; what was published stays."""
    broken = "---\nid: [\n---\nStill **here**."
    assert rerendering._extract_markdown_of_source("section", "sections/01-a.md", broken) == {
        BODY: "Still **here**."
    }
    with app.app_context():
        id_ = db.session.scalars(sa.select(Source.revision_id).limit(1)).one()
        (made,) = rerendering.render_revisions_without_storing(db.session(), [id_]).values()
        stored = db.session.scalars(
            sa.select(Rendering)
            .join(Revision, Revision.content_hash == Rendering.content_hash)
            .where(Revision.id == id_)
        ).one()
        assert (made.html, made.found, made.texts) == (stored.html, stored.found, stored.texts)


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        pytest.param({"steps": [{"facts": "x"}]}, {("steps", 0, "facts")}, id="facts"),
        pytest.param(
            {"steps": [{"also": {"modify": "x"}, "raise": {"proceed": "x"}, "prompt": "x"}]},
            {("steps", 0, "also", "modify"), ("steps", 0, "raise", "proceed")},
            id="notes",
        ),
        pytest.param(
            {"steps": [{"options": {"proceed": {"rationale": "x", "leads_to": "b"}}}]},
            {("steps", 0, "options", "proceed", "rationale")},
            id="decisions",
        ),
        pytest.param(
            {"steps": [{"options": [{"id": "a"}, {"rationale": "x"}]}]},
            {("steps", 0, "options", 1, "rationale")},
            id="a list of options",
        ),
        pytest.param({"steps": [{"options": "x", "facts": 1, "also": [1]}, 7]}, set(), id="odd"),
        pytest.param({"steps": "x"}, set(), id="odder"),
        pytest.param({}, set(), id="nothing"),
    ],
)
def test_the_markdown_of_a_case(data: dict[str, Any], paths: set[Any]) -> None:
    assert set(extract_markdown_by_path("case", data, "Body.")) == {BODY, *paths}
    assert set(extract_markdown_by_path("section", data, "Body.")) == {BODY}


@only_sqlite
def test_a_text_on_which_the_renderer_gave_up_has_its_turn_again(
    app: Flask, renderers: Renderers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine must leave no empty page behind."""
    renderers.count_anew()
    parts = len(list(courses.bundle().course_and_parts))
    monkeypatch.setattr(
        rerendering,
        "render_markdown_of_files",
        lambda files: [Texts(Rendered(was_stopped=True)) for _ in files],
    )
    with app.app_context():
        assert rerendering.rerender_published_texts(now=clock.now()) == count(Rendering) == 0
        monkeypatch.setattr(rerendering, "render_markdown_of_files", texts.render_markdown_of_files)
        assert rerendering.rerender_published_texts(now=clock.now()) == count(Rendering) == parts
