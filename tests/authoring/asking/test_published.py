"""Reviews of what is published: asked for, answered blind, and signed as it stands."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.publish import queries as published
from cpd.authoring.publish.actions import publish_course
from cpd.authoring.sources.loading import load_course_files
from cpd.cases.mark_table import MARK_TABLE, load_mark_table
from cpd.courses import queries as courses
from cpd.courses.models import LedgerEntry
from cpd.courses.queries import Course
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.authoring.review.test_review import answer_blind, introduce, sign
from tests.factories.courses import SLUG, add_entry
from tests.factories.quizzes import Learner
from tests.support.people import MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = f"/authoring/courses/{SLUG}/reviews"
CASE, CARD = "case:quinn-dizzy", "hazard:fainting"


def ask_ravi(author: Visitor, *names: str) -> None:
    """Ask the reviewer about some published texts."""
    page = author.get(PAGE).html
    found = re.search(r'name="reviewers" value="(per_\w+)"', page)
    assert found
    author.submit({"texts": list(names), "reviewers": found[1]}, action=PAGE)


def reviews_of(visitor: Visitor) -> list[str]:
    """Return the addresses of what a reviewer is asked, in order."""
    page = visitor.get("/authoring/reviews").html
    return list(dict.fromkeys(re.findall(r'href="(/authoring/reviews/rvu_\w+)"', page)))


def newest() -> Course:
    course = courses.find_newest_course_version(db.session(), SLUG, None)
    assert course is not None
    return course


def signed(app: Flask) -> set[str]:
    """Return what is signed here in the newest version."""
    with app.app_context():
        course = newest()
        return {name for name, _ in course.outline.texts_to_review & course.ledger.signed_here}


def test_a_published_case_is_answered_blind_and_signed_without_being_changed(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    file = f"/authoring/courses/{SLUG}/history/cases/quinn-dizzy.md"
    assert "not reviewed here" in ada.get(file).text
    before = ada.get(PAGE).text
    assert "20 of 20 cases have not been reviewed by this provider yet" in before
    ask_ravi(ada, CASE)
    assert "1 reviewer is asked" in ada.follow().text
    (theirs,) = reviews_of(ravi)
    assert "A faint today is for a doctor today." not in ravi.get(theirs).html
    answer_blind(ravi, theirs, "same_day", "right")
    assert signed(app) == set()
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    assert signed(app) == {CASE}
    assert "19 of 20 cases" in ada.get(PAGE).text
    assert CASE not in ada.page.html
    assert "not reviewed here" not in ada.get(file).text
    with app.app_context():
        revision = newest().revision
        assert revision.number == 1
        files = published.find_published_files(db.session(), revision)
        assert f"of: {CASE}\n  hash: " in files["ledger-here.yaml"]
        entry = db.session.scalars(sa.select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
        assert entry is not None
        assert entry.review is not None
        assert set(db.session.scalars(sa.select(Draft.state))) == {DraftState.STANDING}


@on_sqlite
def test_a_dispute_takes_the_signature_back_until_it_ends(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    ask_ravi(ada, CASE)
    (theirs,) = reviews_of(ravi)
    answer_blind(ravi, theirs, "same_day", "right")
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    assert signed(app) == {CASE}
    ravi.get(f"{theirs}/key")
    sign(ravi, "disagree", "A new guideline says otherwise.")
    assert signed(app) == set()
    ravi.get(f"{theirs}/key")
    sign(ravi)
    assert signed(app) == {CASE}
    with app.app_context():
        types = db.session.scalars(
            sa.select(LedgerEntry.type).where(LedgerEntry.about == CASE).order_by(LedgerEntry.id)
        ).all()
    assert types == ["sign-off", "objection", "sign-off"]


@on_sqlite
def test_a_card_and_the_marks_are_read_and_signed_in_the_same_act(
    app: Flask, ada: Visitor, ravi: Visitor, maya: Visitor
) -> None:
    Learner(app, MAYA).study()
    section = f"/courses/{SLUG}/sections/noticing"
    assert "A clinician has yet to sign this rule." in maya.get(section).text
    ask_ravi(ada, CARD, MARK_TABLE)
    card, marks = reviews_of(ravi)
    ravi.get(f"{card}/key")
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    page = ravi.get(f"{marks}/key").text
    assert " ".join(load_mark_table().split()) in " ".join(page.split())
    sign(ravi)
    assert signed(app) == {CARD, MARK_TABLE}
    assert "Gita Rao, neurologist" in ada.get(f"/courses/{SLUG}/safety/fainting").text
    page = maya.get(section).text
    assert "Rule signed by Gita Rao, neurologist" in page
    assert "A clinician has yet to sign this rule." not in page


@on_sqlite
def test_a_signature_from_a_file_stays_one_from_elsewhere(app: Flask, ada: Visitor) -> None:

    with app.app_context():
        (hash_,) = {h for name, h in newest().outline.texts_to_review if name == CARD}
        with unit_of_work() as session:
            add_entry(session, CARD, "sign-off", hash=hash_, by="Dr R. Menon")
    assert signed(app) == set()
    assert "Signed elsewhere by Dr R. Menon" in ada.get(f"{PAGE}?type=hazard").text


@on_sqlite
def test_the_page_asks_the_database_as_often_for_many_texts_as_for_few(
    app: Flask, ada: Visitor
) -> None:
    def cost(address: str) -> int:
        ada.get(address)
        with asked(app) as statements:
            ada.get(address)
        return len(statements)

    before = cost(f"{PAGE}?type=exam")
    ask_ravi(ada, CASE, CARD, MARK_TABLE)
    assert cost(PAGE) == before


@on_sqlite
def test_an_exported_course_is_read_back_with_its_signatures(
    app: Flask, ada: Visitor, ravi: Visitor
) -> None:
    """On this site they stay those of its reviewers; on another one they are signed elsewhere."""
    ask_ravi(ada, CARD)
    (card,) = reviews_of(ravi)
    ravi.get(f"{card}/key")
    sign(ravi)
    introduce(ravi)
    sign(ravi)
    with app.app_context():
        files = published.find_published_files(db.session(), newest().revision)
        loaded = load_course_files({path: text.encode() for path, text in files.items()})
        with unit_of_work() as session:
            report = publish_course(
                session, loaded.sound_bundle, actor=SYSTEM, now=clock.now(), reason="read back"
            )
        assert report.is_empty
        entries = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.about == CARD))
        assert [entry.review is not None for entry in entries] == [True]
    assert signed(app) == {CARD}
