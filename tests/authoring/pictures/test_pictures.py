"""Pictures: added to a draft by form or by script, previewed, published and exported."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.authoring.checks.lint.wording import stem_names_plan
from cpd.authoring.publish import actions, exporting
from cpd.authoring.sources import loading
from cpd.db import db, unit_of_work
from cpd.kernel import clock, raster
from cpd.media.queries import find_picture_files, find_stored_pictures
from tests.authoring.editor.test_editor import begin, text_of
from tests.factories.courses import SLUG
from tests.factories.pictures import form_with, store, upload
from tests.support.courses import CourseFolder
from tests.support.visitor import Answer, Visitor

DRAFT_FIELDS: dict[str, Any] = {
    "description": "A hand on\na forearm.",
    "place": "f.steps.0.options.proceed.rationale",
}
SECTION = "sections/01-noticing.md"


@pytest.fixture
def draft(ada: Visitor) -> str:
    """The address of the draft of a case."""
    return begin(ada)


def send(
    visitor: Visitor, address: str, picture: bytes, *, status: int = 303, **fields: str
) -> Answer:
    """Send a picture from the page on which it is chosen."""
    page = visitor.get(f"{address.removesuffix('/reference')}")
    begun = dict(page.page.forms[-1].fields) if not address.endswith("reference") else {}
    sent = {**begun, **form_with(picture, **fields), "csrf_token": visitor.token}
    return visitor.send(
        "POST", address, status=status, data=sent, content_type="multipart/form-data"
    )


def test_a_picture_is_put_at_the_end_of_the_chosen_text(
    app: Flask, ada: Visitor, draft: str
) -> None:
    before = text_of(app, draft)
    send(ada, f"{draft}/picture", upload(), **DRAFT_FIELDS)
    (name,) = raster.find_mentioned_names([text_of(app, draft)])
    line = f"![A hand on a forearm.](media:{name})"
    after = text_of(app, draft)
    assert line in after
    assert "jane" not in after
    assert "Right. Nothing speaks against the plan.\n\n" in after
    changed = [each for each in before.splitlines() if each not in after]
    assert changed == ["        rationale: Right. Nothing speaks against the plan."]
    preview = ada.get(f"{draft}/preview")
    assert f'src="/media/{name}.webp"' in preview.html
    assert 'alt="A hand on a forearm."' in preview.html
    assert 'height="40"' in preview.html
    sent = ada.get(f"/media/{name}.webp")
    assert raster.build_picture_name(sent.body) == name


@pytest.mark.parametrize(
    ("fields", "picture", "words"),
    [
        ({"description": ""}, upload(), "Say what the picture shows"),
        ({"is_decorative": "y"}, upload(), "A decorative picture has no description"),
        ({"place": "f.title"}, upload(), "Choose one of the answers"),
        ({"place": "f.steps.0.also.modify"}, upload(), "Choose one of the answers"),
        ({}, b"", "Choose a picture first"),
        ({}, b"<svg/>", "SVG drawings cannot be uploaded"),
    ],
    ids=["no description", "both", "not a text", "a reason without words", "no picture", "drawing"],
)
def test_what_is_missing_is_said_and_nothing_changes(
    app: Flask, ada: Visitor, draft: str, fields: dict[str, Any], picture: bytes, words: str
) -> None:
    before = text_of(app, draft)
    answer = send(ada, f"{draft}/picture", picture, status=422, **{**DRAFT_FIELDS, **fields})
    assert words in answer.text
    assert text_of(app, draft) == before


def test_a_draft_that_somebody_else_saved_is_not_overwritten(
    app: Flask, ada: Visitor, draft: str
) -> None:
    fields = {**DRAFT_FIELDS, "begun_with": "0" * 64}
    answer = send(ada, f"{draft}/picture", upload(), status=409, **fields)
    assert "Choose the picture again" in answer.text
    assert "media:" not in text_of(app, draft)


def test_the_script_gets_the_line_for_the_field(ada: Visitor, draft: str) -> None:
    ada.get(f"{draft}/picture")
    address = f"{draft}/picture/reference"
    for fields, picture, status, words in (
        ({"is_decorative": "y"}, upload(), 200, "![decorative](media:60x40-"),
        ({"description": ""}, upload(), 422, "Say what the picture shows"),
        ({"description": "A hand."}, b"GIF89a", 422, "not a PNG, JPEG or WebP"),
    ):
        sent = {**form_with(picture, **fields), "csrf_token": ada.token}
        answer = ada.send(
            "POST", address, status=status, data=sent, content_type="multipart/form-data"
        )
        assert words in json.dumps(answer.json)


def test_a_picture_is_kept_for_good_and_sent_as_what_it_is(app: Flask, stranger: Visitor) -> None:
    name = store(app)
    answer = stranger.get(f"/media/{name}.webp")
    assert answer.header("Content-Type") == "image/webp"
    assert answer.header("Cache-Control") == "public, max-age=31536000, immutable"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    stranger.get(
        f"/media/{name}.webp", status=304, headers={"If-None-Match": answer.header("ETag")}
    )
    stranger.get(f"/media/{name.replace('60x', '61x')}.webp", status=404)
    stranger.get("/media/%2e%2e.webp", status=404)


def publish(app: Flask, folder: Path) -> None:
    with app.app_context():
        loaded = loading.load_course_files(
            _files(folder),
            name=SLUG,
            stored_pictures=lambda names: find_stored_pictures(db.session(), names),
        )
        assert [str(fault) for fault in loaded.faults] == []
        with unit_of_work() as session:
            actions.publish_course(
                session, loaded.sound_bundle, actor=SYSTEM, now=clock.now(), reason="Pictures."
            )


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_folder_with_a_picture_is_checked_published_and_exported(
    app: Flask, small: CourseFolder, tmp_path: Path, maya: Visitor
) -> None:
    content = upload("WEBP")
    name = raster.build_picture_name(content)
    path = f"media/{name}.webp"
    small.write(SECTION, f"{small.read(SECTION)}\n![A hand.](media:{name})\n")
    (fault,) = small.load().faults
    assert fault.file == SECTION
    assert fault.message == "This picture is not in the course."
    (small.path / "media").mkdir()
    (small.path / path).write_bytes(content)
    publish(app, small.path)
    with app.app_context():
        exporting.export_course_to_folder(db.session(), SLUG, tmp_path / "out" / SLUG)
        assert find_picture_files(db.session(), [name]) == {path: content}
    assert _files(tmp_path / "out" / SLUG) == _files(small.path)
    (small.path / path).unlink()
    publish(app, small.path)  # it is stored, so the text alone is enough
    page = maya.get(f"/courses/{SLUG}/sections/noticing?newest=1")
    assert f'src="/media/{name}.webp"' in page.html


def test_a_file_that_is_no_plain_picture_is_a_fault(small: CourseFolder) -> None:
    content = upload("WEBP") + b"<script>"
    name = raster.build_picture_name(upload("WEBP"))
    (small.path / "media").mkdir()
    (small.path / f"media/{name}.webp").write_bytes(content)
    (small.path / "media/photo.jpg").write_bytes(upload())
    assert [(fault.file, fault.message) for fault in small.load().faults] == [
        (f"media/{name}.webp", "This is not a WebP file with one picture and nothing else in it."),
        ("media/photo.jpg", "This file is not part of a course."),
    ]


def test_a_picture_below_the_plan_is_no_reason_for_a_warning(small: CourseFolder) -> None:
    content = upload("WEBP")
    name = raster.build_picture_name(content)
    (small.path / "media").mkdir()
    (small.path / f"media/{name}.webp").write_bytes(content)
    case = "cases/leo-as-usual.md"
    small.write(case, f"{small.read(case).rstrip()}\n\n![A hand.](media:{name})\n")
    assert list(stem_names_plan(small.bundle())) == []
