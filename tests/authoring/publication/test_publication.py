"""From a draft to learners: only through a blind answer of somebody else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import cpd
from cpd.authoring.blind.models import Review, SentText
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.publish import queries as published
from cpd.courses.models import PublishEntry, Revision
from cpd.db import db, unit_of_work
from tests.authoring.review.test_review import (
    CASE,
    GUEST,
    answer_blind,
    ask,
    ask_ravi,
    begin,
    edit,
    introduce,
    open_as_guest,
    sign,
)
from tests.factories.courses import SLUG
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CPD = Path(cpd.__path__[0])
PUBLISH = f"/authoring/courses/{SLUG}/publication"
OLD, NEW = "blacked out for a moment", "blacked out for a minute"


def choice_of(app: Flask, address: str) -> str:
    """Return what the box of a draft sends, whether or not the page offers it."""
    with app.app_context():
        public_id = address.rpartition("/")[2]
        draft = db.session.scalars(sa.select(Draft).where(Draft.public_id == public_id)).one()
        return f"{draft.public_id}/{draft.text_hash}"


def publish(app: Flask, visitor: Visitor, *addresses: str, status: int = 303) -> str:
    """Send the form of the page, even where the page does not offer it."""
    visitor.get(PUBLISH)
    chosen = [choice_of(app, address) for address in addresses]
    return visitor.post(PUBLISH, {"drafts": chosen, "reason": "Said plainly."}, status=status).text


def newest(app: Flask) -> tuple[int, str]:
    """Return the number of the newest version of the course, and the text of the case in it."""
    with app.app_context():
        revision = published.find_newest_course_revision(db.session(), SLUG)
        assert revision is not None
        return revision.number, published.find_published_files(db.session(), revision)[CASE]


def approve(
    app: Flask,
    author: Visitor,
    draft: str,
    guest: Visitor,
    post: PostOffice,
    *,
    address: str = GUEST,
) -> None:
    """Have a guest answer the case as its key does, and sign it."""
    ask(author, draft, addresses=address)
    case = open_as_guest(app, guest, post)
    answer_blind(guest, case, "same_day", "right")
    sign(guest)
    introduce(guest)
    sign(guest)


def test_a_case_is_published_once_somebody_else_has_answered_it_alike(
    app: Flask, ada: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    draft, (number, _) = begin(ada), newest(app)
    edit(app, ada, draft, OLD, NEW)
    assert "Nobody has been asked to review this text yet." in ada.get(PUBLISH).text
    assert "asked to review" in publish(app, ada, draft, status=409)
    assert newest(app)[0] == number
    approve(app, ada, draft, stranger, post)
    page = ada.get(f"{draft}/differences").text
    assert "moment" in page
    assert "minute" in page
    publish(app, ada, draft)
    assert newest(app)[0] == number + 1
    assert NEW in newest(app)[1]
    with app.app_context():
        assert db.session.scalars(sa.select(Draft.state)).all() == [DraftState.PUBLISHED]
        entry = db.session.scalars(
            sa.select(PublishEntry)
            .join(Revision, Revision.id == PublishEntry.revision_id)
            .order_by(PublishEntry.id.desc())
        ).first()
        assert entry is not None
        assert entry.reason == "Said plainly."
    publish(app, ada, draft, status=422)  # it is closed now


@on_sqlite
def test_only_what_the_page_showed_is_published(
    app: Flask, ada: Visitor, ines: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    draft, (number, _) = begin(ada), newest(app)
    approve(app, ada, draft, stranger, post)
    ada.get(PUBLISH)
    chosen = {"drafts": [choice_of(app, draft)], "reason": "Said plainly."}
    edit(app, ines, draft, OLD, NEW)
    ada.post(PUBLISH, chosen, status=422)
    assert newest(app)[0] == number


@on_sqlite
def test_one_draft_without_approval_keeps_all_of_them_back(
    app: Flask, ada: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    draft, other, (number, _) = begin(ada), begin(ada, "cases/leo-as-usual.md"), newest(app)
    edit(app, ada, draft, OLD, NEW)
    approve(app, ada, draft, stranger, post)
    assert "Leo as usual: " in publish(app, ada, draft, other, status=409)
    assert newest(app)[0] == number
    publish(app, ada, draft)
    assert newest(app)[0] == number + 1


@on_sqlite
def test_going_back_to_an_approved_text_needs_no_new_answer(
    app: Flask,
    ada: Visitor,
    stranger: Visitor,
    visitor: Callable[[], Visitor],
    post: PostOffice,
) -> None:
    draft, (_, shipped) = begin(ada), newest(app)
    edit(app, ada, draft, OLD, NEW)
    approve(app, ada, draft, stranger, post)
    publish(app, ada, draft)
    approved = newest(app)[1]
    second = begin(ada)
    edit(app, ada, second, NEW, "blacked out for an hour")
    approve(app, ada, second, visitor(), post, address="hugo@clinic.example")
    publish(app, ada, second)
    versions = f"/authoring/courses/{SLUG}/history/{CASE}"
    page = ada.get(versions).text
    assert "Said plainly." in page
    assert page.count("not reviewed here") == 1, "the folder's"
    version = f"/authoring/courses/{SLUG}/versions/{{}}/{CASE}"
    assert "hour" in ada.get(version.format(2)).text
    ada.submit({}, action=version.format(2))
    publish(app, ada, str(ada.follow().path).removesuffix("/text"))
    assert newest(app)[1] == approved
    ada.get(version.format(1))  # the folder's text, which nobody has answered here
    ada.submit({}, action=version.format(1))
    back = str(ada.follow().path).removesuffix("/text")
    assert "asked to review" in publish(app, ada, back, status=409)
    assert newest(app)[1] == approved != shipped


@on_sqlite
def test_a_signature_counts_for_the_case_that_was_signed(
    app: Flask, ada: Visitor, stranger: Visitor, post: PostOffice
) -> None:
    """The same text can make another case, when a list that it includes has changed."""
    draft, (number, _) = begin(ada), newest(app)
    approve(app, ada, draft, stranger, post)
    with app.app_context(), unit_of_work() as session:
        signed = session.scalars(sa.select(SentText.key_hash)).one()
        session.execute(sa.update(SentText).values(key_hash="0" * 64))
    assert "asked to review" in publish(app, ada, draft, status=409)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.update(SentText).values(key_hash=signed))
    edit(app, ada, draft, "difficulty: easy", "difficulty: medium")
    edit(app, ada, draft, "difficulty: medium", "difficulty: easy")
    publish(app, ada, draft)
    assert newest(app)[0] == number, "the text is the published one, so there is no new version"


@on_sqlite
def test_another_file_needs_the_signature_of_somebody_else(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    draft, (number, _) = begin(ada, "sections/01-noticing.md"), newest(app)
    edit(app, ada, draft, "Most clients", "Nearly all clients")
    ask_ravi(ada, draft)
    assert "signed this text" in publish(app, ada, draft, status=409)
    with app.app_context():
        review = db.session.scalars(sa.select(Review.public_id)).one()
    ravi.get(f"/authoring/reviews/{review}/key")
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    publish(app, ada, draft)
    assert newest(app)[0] == number + 1


@on_sqlite
def test_the_page_asks_the_database_as_often_for_many_drafts(app: Flask, ada: Visitor) -> None:
    begin(ada)
    ada.get(PUBLISH)
    with asked(app) as one:
        ada.get(PUBLISH)
    for path in ("cases/leo-as-usual.md", "sections/01-noticing.md", "exam.md"):
        begin(ada, path)
    ada.get(PUBLISH)
    with asked(app) as many:
        ada.get(PUBLISH)
    assert len(many) <= len(one)


@on_sqlite
def test_nobody_signs_or_lifts_a_stop_by_writing_in_the_ledger(ada: Visitor) -> None:
    ada.get(f"/authoring/courses/{SLUG}")
    for path, status in (("ledger.yaml", 404), ("glossary.md", 303)):
        ada.post(f"/authoring/courses/{SLUG}/drafts", {"path": path}, status=status)


PUBLISHING = {
    "publish_course": {"authoring/publication", "authoring/publish", "cli"},
    "publish_release_texts": {"authoring/offering", "authoring/publish", "cli"},
    "RevisionWriter": {"authoring/publish"},
}
"""What makes versions, and who may call it: the gate, folders, releases."""


@pytest.mark.parametrize("name", PUBLISHING)
def test_nothing_else_publishes(name: str) -> None:
    found = {
        path.parent.relative_to(CPD).as_posix()
        for path in CPD.rglob("*.py")
        if re.search(rf"\b{name}\b", path.read_text())
    }
    assert found - {"demo"} == PUBLISHING[name]
