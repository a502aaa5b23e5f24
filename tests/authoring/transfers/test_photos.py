"""Photos go out with the texts that show them, and come in with them."""

import pytest
from flask import Flask

from cpd.authoring.sources.archive_writing import pack_archive
from cpd.db import db
from cpd.kernel import raster
from cpd.media.queries import find_stored_pictures
from tests.authoring.transfers.test_importing import (
    SECTION,
    confirm,
    drafts,
    export,
    published,
    upload,
)
from tests.factories import pictures
from tests.factories.courses import SLUG
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def stored(app: Flask, name: str) -> bool:
    with app.app_context():
        return bool(find_stored_pictures(db.session(), {name}))


@on_sqlite
def test_a_photo_comes_in_with_its_text_and_goes_out_again(app: Flask, ada: Visitor) -> None:
    photo = pictures.upload("WEBP")
    name = raster.build_picture_name(photo)
    text = f"{published(app)[SECTION]}\n![A wave](media:{name})\n"
    files = {SECTION: text.encode(), f"media/{name}.webp": photo}
    assert "New pictures" in upload(ada, pack_archive(files)).text
    assert not stored(app, name)
    confirm(ada)
    assert "2 files were imported." in ada.follow().text
    assert stored(app, name)
    assert drafts(app) == {SECTION: text}
    raw = export(ada, "drafts")
    assert f"{SLUG}/media/{name}.webp".encode() in raw
    assert "There is nothing to import" in upload(ada, raw).text


@on_sqlite
def test_a_file_that_is_no_photo_is_refused(app: Flask, ada: Visitor) -> None:
    photo = pictures.upload("WEBP")
    name = raster.build_picture_name(photo)
    torn = photo[:-20] + b"\xff" * 20
    head = photo[:30] + b"\xff" * (len(photo) - 30)
    for path, content in (
        (f"media/{name}.webp", b"<svg onload='x()'/>"),
        (f"media/{name}.webp", torn),
        (f"media/{raster.build_picture_name(head)}.webp", head),
    ):
        upload(ada, pack_archive({path: content}), status=422)
        assert path in ada.page.text
    assert not stored(app, name)
