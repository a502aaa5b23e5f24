"""The upgrade that tells where the text of each course came from."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd import migrate
from cpd.courses.models import (
    Channel,
    CourseRow,
    Document,
    DocumentType,
    Enrolment,
    LedgerEntry,
    Origin,
    PublishEntry,
    Revision,
)
from cpd.courses.rules.ledger import Series
from cpd.db import db
from migrations import shipped
from tests.factories import courses
from tests.factories.courses import SLUG, altered
from tests.support import schemas
from tests.support.databases import Database
from tests.support.people import MAYA
from tests.support.prepared import disconnect

EDITED = {"cases/leo-as-usual.md": ("Leo", "Leonard")}
Upgrade = Callable[[str], None]
BELOW = "0007"


@pytest.fixture
def upgrade(app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch) -> Upgrade:
    """Takes the database below the migration and up again, as if this text had been shipped."""

    def run(text: str) -> None:
        disconnect(app)
        monkeypatch.setattr(shipped, "COURSE_TEXTS", frozenset({text}))
        above = [schemas.above(step) for step in reversed(schemas.ladder()) if step.below >= BELOW]
        schemas.remove(database.url, above)
        migrate.run(database.url, BELOW)
        migrate.run(database.url)

    return run


def versions(app: Flask, type_: DocumentType, slug: str) -> list[tuple[str, Origin, str]]:
    """Return of each version of a document its hash, its origin and its base."""
    with app.app_context():
        rows = db.session.execute(
            sa.select(Revision.content_hash, PublishEntry.origin, PublishEntry.base_hash)
            .join(PublishEntry, PublishEntry.revision_id == Revision.id)
            .join(Document, Document.id == Revision.document_id)
            .where(Document.type == type_, Document.slug == slug)
            .order_by(Revision.number)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def channel(app: Flask) -> Channel | None:
    with app.app_context():
        return db.session.scalar(sa.select(CourseRow.channel).where(CourseRow.slug == SLUG))


def test_an_edition_of_a_shipped_text_is_local_and_rests_on_it(
    app: Flask, upgrade: Upgrade, tmp_path: Path
) -> None:
    courses.enrol(app, MAYA)
    ((shipped_hash, *_),) = versions(app, DocumentType.COURSE, SLUG)
    courses.publish(app, altered(tmp_path, EDITED))
    upgrade(shipped_hash)
    assert channel(app) is Channel.LOCAL
    for type_, slug in ((DocumentType.COURSE, SLUG), (DocumentType.CASE, "leo-as-usual")):
        (first, *old), (_, *new) = versions(app, type_, slug)
        assert (old, new) == ([Origin.SHIPPED, first], [Origin.LOCAL, first])
    ((section, *told),) = versions(app, DocumentType.SECTION, "noticing")
    assert told == [Origin.SHIPPED, section]
    with app.app_context():
        enrolment = db.session.scalars(sa.select(Enrolment)).one()
        assert enrolment.course.slug == SLUG
        entries = db.session.scalars(sa.select(LedgerEntry)).all()
        assert {one.series for one in entries} == {Series.SHIPPED}
        assert [one.day.isoformat() for one in entries] == [one.data["on"] for one in entries]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_text_that_a_release_shipped_goes_on_following_it(app: Flask, upgrade: Upgrade) -> None:
    ((newest, *_),) = versions(app, DocumentType.COURSE, SLUG)
    upgrade(newest)
    assert channel(app) is Channel.SHIPPED
    assert versions(app, DocumentType.COURSE, SLUG) == [(newest, Origin.SHIPPED, newest)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_course_that_no_release_shipped_is_local(app: Flask, upgrade: Upgrade) -> None:
    upgrade("0" * 64)
    assert channel(app) is Channel.LOCAL
    ((_, *told),) = versions(app, DocumentType.COURSE, SLUG)
    assert told == [Origin.LOCAL, ""]
