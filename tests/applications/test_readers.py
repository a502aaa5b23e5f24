"""Somebody from an authority reads everything for some time, and leaves no trace as a learner."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.audit import AuditEntry
from cpd.accounts.models import Person as PersonRow
from cpd.authoring.seen_keys.models import SeenKey
from cpd.config import settings_of_app
from cpd.db import Base, db, unit_of_work
from tests.factories import accounts, applications
from tests.factories.applications import READER
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import INES, MAYA, ZOE
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
READERS = f"/applications/courses/{SLUG}/readers"
FORM = {
    "authority": "florida",
    "name": READER.full_name,
    "email": READER.email,
    "last_day": "2026-12-31",
}
PASSWORD = "a kettle on a blue stove"
MOVED = frozenset({"seen_keys", "sign_in_sessions"})
"""The tables in which reading leaves something: which keys were opened, and the session itself."""
DOCUMENTS = (
    *("description", "objectives", "outline", "references", "worksheet"),
    *("instructors", "evaluation-form", "policies", "price"),
)


def content_of_tables(app: Flask) -> Mapping[str, list[tuple[object, ...]]]:
    """Return all rows of every table, but for those in which reading leaves something."""
    with app.app_context():
        return {
            name: sorted(map(tuple, db.session.execute(sa.select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
            if name not in MOVED
        }


def walk_everything(who: Visitor, public_id: str) -> str:
    """Open every page that a reader can open, and return what they say."""
    start = f"/reading/{public_id}"
    pages = [start, f"{start}/course", f"{start}/practice", f"{start}/exam"]
    pages += [f"{start}/exam?page=2", *(f"{start}/documents/{name}" for name in DOCUMENTS)]
    texts = [who.get(path).text for path in pages]
    for text in texts:
        assert "You are reading as a reviewer for Florida Board of Massage Therapy until" in text
    assert who.get(f"{start}/sample-certificate").body.startswith(b"%PDF-")
    return " ".join(texts)


def test_a_reader_is_invited_sets_a_password_and_reads_until_it_is_ended(
    app: Flask, ines: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    ines.get(f"{READERS}/new")
    ines.submit(FORM)
    letter = post.collect_one(app)
    assert letter.subject == "A course to read: Massage on a hot day"
    stranger.get(letter.path)
    stranger.submit({"password": PASSWORD, "again": PASSWORD})
    with app.app_context():
        row = db.session.scalars(sa.select(PersonRow).where(PersonRow.email == READER.email)).one()
        assert list(row.roles) == []
        public_id = db.session.scalars(sa.text("SELECT public_id FROM course_readers")).one()
    stranger.get(f"/sign-in?next=/reading/{public_id}")
    sent = stranger.submit({"email": READER.email, "password": PASSWORD}, action="/sign-in")
    assert sent.location == f"/reading/{public_id}"
    assert f"/reading/{public_id}" in stranger.get("/").html  # the home page leads there, too
    stranger.get(f"/reading/{public_id}/exam")
    stranger.get(f"/reading/{public_id}/documents/exam", status=404)
    stranger.get(f"/courses/{SLUG}/sections/adapting", status=403)  # the account opens nothing else
    ines.get(READERS)
    ines.submit({}, action="/ending")
    stranger.get(f"/reading/{public_id}/exam", status=404)
    assert "Ended on" in ines.get(READERS).text
    with app.app_context():
        actions = db.session.scalars(
            sa.select(AuditEntry.action).where(AuditEntry.action.startswith("applications:"))
        ).all()
        assert actions == ["applications:reader:open", "applications:reader:end"]


def test_reading_everything_changes_no_statistics_no_gradebook_and_no_certificate(
    app: Flask,
) -> None:
    Learner(app, MAYA).study().pass_exam()
    public_id = applications.let_read(app)
    reader = accounts.let_in(Visitor(app), READER)
    reader.get(f"/reading/{public_id}")
    before = content_of_tables(app)
    text = walk_everything(reader, public_id)
    assert "not a pass, whatever the score" in text  # the reasons were open
    assert content_of_tables(app) == before
    with app.app_context():
        opened = db.session.scalars(sa.select(SeenKey.path)).all()
        assert opened  # so that none of these cases is ever drawn for this person


@on_sqlite
def test_every_link_of_a_reader_leads_somewhere(app: Flask) -> None:
    public_id = applications.let_read(app)
    reader = accounts.let_in(Visitor(app), READER)
    pages = [f"/reading/{public_id}{page}" for page in ("", "/course", "/practice", "/exam")]
    found = {
        link
        for page in pages
        for link in re.findall(
            r'(?:href|src)="(/[^"#]*)', reader.get(page).html.partition("<main")[2]
        )
    }
    assert {link for link in found if link.startswith("/reading/")} >= set(pages[1:])
    for link in found:
        reader.send("GET", link.replace("&amp;", "&"), status=(200, 303))


@on_sqlite
def test_control_what_a_learner_does_is_found(app: Flask, zoe: Visitor) -> None:
    """The same comparison fails for one decided practice case."""
    learner = Learner(app, ZOE).study()
    before = content_of_tables(app)
    learner.practice("quinn-dizzy")
    after = content_of_tables(app)
    assert {name for name in before if before[name] != after[name]} >= {"practice_answers"}


@on_sqlite
def test_it_ends_with_its_time_and_belongs_to_nobody_else(
    app: Flask, clock: MovedClock, zoe: Visitor, ines: Visitor, stranger: Visitor
) -> None:
    public_id = applications.let_read(app)
    reader = accounts.let_in(Visitor(app), READER)
    reader.get(f"/reading/{public_id}")
    for other in (zoe, ines):
        other.get(f"/reading/{public_id}", status=404)
    assert "/sign-in" in stranger.get(f"/reading/{public_id}", status=303).location
    clock.advance(days=29, hours=23)
    reader = accounts.let_in(Visitor(app), READER)
    reader.get(f"/reading/{public_id}/course")
    clock.advance(hours=1)
    reader = accounts.let_in(Visitor(app), READER)
    reader.get(f"/reading/{public_id}/course", status=404)
    assert "Could read until" in accounts.let_in(Visitor(app), INES).get(READERS).text


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last_day": "2026-11-01"}, "This date has passed."),
        ({"last_day": "2027-12-31"}, "Choose a day within the next 90 days."),
        ({"last_day": ""}, "Enter the last day."),
        ({"email": "vera"}, "Email address: "),
        ({"authority": ""}, "Choose one."),
    ],
)
def test_a_form_with_a_mistake_lets_nobody_in(
    app: Flask, ines: Visitor, changes: Mapping[str, str], said: str
) -> None:
    ines.get(f"{READERS}/new")
    assert said in ines.submit({**FORM, **changes}, status=422).text
    with app.app_context():
        assert db.session.scalar(sa.text("SELECT count(*) FROM course_readers")) == 0


@on_sqlite
def test_a_site_without_emails_shows_the_link_once_and_a_locked_account_stays_out(
    app: Flask, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CPD", replace(settings_of_app(app), mail_server=None))
    ines.get(f"{READERS}/new")
    page = ines.submit(FORM, status=200).page
    assert "Give this link to the reader." in page.text
    with app.app_context(), unit_of_work() as session:
        row = session.scalars(sa.select(PersonRow).where(PersonRow.email == READER.email)).one()
        row.disabled_at = row.created_at + timedelta(seconds=1)
    ines.get(f"{READERS}/new")
    assert "This account is locked." in ines.submit(FORM, status=422).text


@on_sqlite
def test_an_account_that_exists_keeps_its_password_and_its_roles(
    app: Flask, ines: Visitor, zoe: Visitor, post: PostOffice
) -> None:
    ines.get(f"{READERS}/new")
    ines.submit({**FORM, "email": ZOE.email})
    assert "Choose a password" not in post.collect_one(app).text
    zoe.get("/profile")
    with app.app_context():
        public_id = db.session.scalars(sa.text("SELECT public_id FROM course_readers")).one()
    zoe.get(f"/reading/{public_id}")


@on_sqlite
def test_pages_need_the_same_queries_however_many_cases_and_readers_there_are(
    app: Flask, ines: Visitor
) -> None:
    public_id = applications.let_read(app)
    reader = accounts.let_in(Visitor(app), READER)
    for path in ("course", "exam", "exam?page=2", "practice"):
        reader.get(f"/reading/{public_id}/{path}")  # texts are cached, keys are noted once
    counts = []
    for path in ("exam", "exam?page=2", "practice"):
        with asked(app) as statements:
            reader.get(f"/reading/{public_id}/{path}")
        counts.append(len(statements))
    assert len(set(counts)) == 1
    assert counts[0] <= 9
    ines.get(READERS)
    with asked(app) as one:
        ines.get(READERS)
    for _ in range(3):
        applications.let_read(app)
    with asked(app) as more:
        ines.get(READERS)
    assert len(one) == len(more)
