"""Media: kept once for each content."""

import hashlib

import sqlalchemy as sa
from flask import Flask

from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.media import actions as media
from cpd.media.models import Media


def test_the_same_file_is_kept_once(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            first = media.store_media(session, b"PNG", "image/png", now=clock.now())
            again = media.store_media(session, b"PNG", "image/png", now=clock.now())
            other = media.store_media(session, b"JPEG", "image/jpeg", now=clock.now())
        assert first.id == again.id != other.id
        rows = db.session.scalars(sa.select(Media).order_by(Media.id)).all()
        assert [(row.sha256, row.type, row.content) for row in rows] == [
            (hashlib.sha256(b"PNG").hexdigest(), "image/png", b"PNG"),
            (hashlib.sha256(b"JPEG").hexdigest(), "image/jpeg", b"JPEG"),
        ]
