"""The case bank finds cases by what they say, and starts drafts of several."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.authoring.bank.filling import fill_case_index
from cpd.authoring.bank.jobs import FLAGGING
from cpd.authoring.indexing.models import IndexedCase
from cpd.courses.models import Document, DocumentType
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock
from tests.factories import courses, drafts, reviews
from tests.factories.courses import SLUG
from tests.support.moved_clock import MovedClock
from tests.support.pages import words
from tests.support.people import ADA, INES
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BANK = "/authoring/cases"
ALL = 20
MOST_QUERIES, MOST_QUERIES_OF_SAVE = 8, 6


def work(app: Flask) -> None:
    """Let the worker do what is due."""
    with app.app_context():
        worker.run_all_due_jobs()


def titles_found(who: Visitor, **wanted: str) -> list[str]:
    """Return the titles that the bank lists."""
    page = who.get(BANK, query_string=wanted or None).page
    return [words(title) for title in page.all("b")]


def test_each_filter_finds_the_cases_that_fit(app: Flask, ada: Visitor) -> None:
    assert len(titles_found(ada)) == ALL
    assert titles_found(ada, words="BLACKED  moment") == ["Quinn is dizzy"]
    assert titles_found(ada, words="lacked") == []
    assert titles_found(ada, words="100%") == []
    emergencies = titles_found(ada, decision="emergency")
    assert "Bela is hot and dry" in emergencies
    assert "Gina is warm and well" not in emergencies
    by_hazard = titles_found(ada, hazard=f"{SLUG}/fainting")
    assert "Dora fainted on the bus" in by_hazard
    assert 0 < len(by_hazard) < ALL
    assert 0 < len(titles_found(ada, objective=f"{SLUG}/adapt")) < ALL
    assert 0 < len(titles_found(ada, danger="critical")) < ALL
    assert 0 < len(titles_found(ada, kind="multiple")) < ALL
    assert len(titles_found(ada, course=SLUG, state="published", age="new")) == ALL
    assert titles_found(ada, state="draft") == titles_found(ada, age="year") == []
    assert titles_found(ada, source="nobody 1800") == []
    assert len(titles_found(ada, flag="not-reviewed-here")) == ALL
    assert len(titles_found(ada, flag="review-is-due")) == ALL
    assert titles_found(ada, flag="weak-cues") == []
    ada.get(f"{BANK}?state=unheard-of", status=404)
    ada.get(f"{BANK}?page=2", status=404)


def test_a_source_is_found_by_its_title(app: Flask, ada: Visitor) -> None:
    with app.app_context():
        cited = db.session.scalars(sa.select(IndexedCase).where(IndexedCase.cites != "")).all()
        key = cited[0].cites.strip("|").split("|")[0]
        fitting = {case.title for case in cited if f"|{key}|" in case.cites}
    assert set(titles_found(ada, source=key.replace("-", " "))) == fitting


def test_drafts_are_found_as_they_are_now(app: Flask, ada: Visitor, clock: MovedClock) -> None:
    draft = drafts.start(app, ADA, "cases/new.md", "Text with faults.\n")
    assert titles_found(ada, words="faults", state="draft") == ["new"]
    clock.advance(hours=1)
    drafts.save(app, ADA, draft, "Something else.\n")
    assert titles_found(ada, words="faults") == []
    assert titles_found(ada, words="something", state="draft") == ["new"]
    ada.get(f"/authoring/drafts/{draft.public_id}/text")
    ada.submit(action="/discard", status=303)
    assert titles_found(ada, words="something") == []


@on_sqlite
def test_what_is_saved_while_somebody_writes_is_found_later(
    app: Flask, ada: Visitor, clock: MovedClock
) -> None:
    draft = drafts.start(app, ADA, "cases/new.md", "Text.\n")
    ada.get(f"/authoring/drafts/{draft.public_id}/text")
    begun_with = draft.text_hash
    for text in ("One", "One two"):
        sent = {"text": text, "begun_with": begun_with}
        saved = ada.post(f"/authoring/drafts/{draft.public_id}/autosave", sent, status=200)
        begun_with = saved.json["begun_with"]
    work(app)
    assert titles_found(ada, words="two", state="draft") == []
    clock.advance(minutes=10)
    work(app)
    assert titles_found(ada, words="two", state="draft") == ["new"]


@on_sqlite
def test_a_save_takes_six_queries(app: Flask, ada: Visitor) -> None:
    draft = drafts.start(app, ADA, "cases/new.md", "Text.\n")
    path = f"/authoring/drafts/{draft.public_id}"
    ada.get(f"{path}/text")
    begun_with = draft.text_hash
    for way, status in (("autosave", 200), ("autosave", 200), ("text", 303)):
        with asked(app) as statements:
            sent = {"text": f"After {begun_with}", "begun_with": begun_with}
            saved = ada.post(f"{path}/{way}", sent, status=status)
        assert len(statements) <= MOST_QUERIES_OF_SAVE, "\n".join(statements)
        begun_with = saved.json["begun_with"] if status == 200 else ""


def test_a_case_to_answer_blind_is_not_in_the_bank(app: Flask, ada: Visitor, ines: Visitor) -> None:
    review = reviews.ask(app, INES)
    slug = review.draft.path.removeprefix("cases/").removesuffix(".md")
    assert slug in titles_found(ada, state="draft")
    assert slug not in titles_found(ines, state="draft")


def test_chosen_cases_become_drafts_and_go_to_review(app: Flask, ada: Visitor) -> None:
    ada.get(BANK, query_string={"words": "blacked"})
    back = ada.submit({}, action="/cases/drafts?words=blacked", status=303)
    assert back.location.endswith(f"{BANK}?words=blacked")
    assert "Choose at least one case first." in ada.follow().text
    first, second = ids_of(app, "dora-fainted"), ids_of(app, "bela-hot")
    ada.post(f"{BANK}/review", {"document": [first, second]}, status=303)
    boxes = [it for it in ada.follow().page.all("input") if it.get("name") == "texts"]
    assert ["checked" in box.attrib for box in boxes] == [True, True]
    draft = drafts.start(app, ADA, "cases/new.md", "Text.\n").public_id
    ada.post(f"{BANK}/review", {"document": [first, draft]}, status=303)
    assert "has a draft. Ask about drafts and about published" in ada.follow().text
    ada.post(f"{BANK}/drafts", {"document": [first, second]}, status=303)
    assert "2 drafts are open." in ada.follow().text
    ada.post(f"{BANK}/drafts", {"document": [first]}, status=303)
    assert ada.follow().path.startswith("/authoring/drafts/")
    ada.post(f"{BANK}/review", {"document": [first, second]}, status=303)
    page = ada.follow().page
    boxes = [it for it in page.all("input") if it.get("name") == "drafts"]
    assert sorted("checked" in box.attrib for box in boxes) == [False, True]


def ids_of(app: Flask, beginning: str) -> str:
    """Return the public id of the published case whose name begins so."""
    with app.app_context():
        named = Document.slug.startswith(beginning), Document.type == DocumentType.CASE
        return db.session.scalars(sa.select(Document.public_id).where(*named)).one()


def test_what_the_index_lacks_is_filled_in_at_a_start(app: Flask, ada: Visitor) -> None:
    drafts.start(app, ADA, "cases/new.md", "Text.\n")
    before = titles_found(ada)
    with app.app_context():
        assert fill_case_index(now=clock.now()) == 0
        with unit_of_work() as session:
            session.execute(sa.delete(IndexedCase))
        assert fill_case_index(now=clock.now()) == ALL + 1
        jobs = sa.select(OutboxItem).where(OutboxItem.purpose == FLAGGING)
        assert len(db.session.scalars(jobs).all()) == 1
    assert titles_found(ada) == before


def test_a_case_that_its_course_no_longer_has_is_retired(
    app: Flask, ada: Visitor, tmp_path: Path
) -> None:
    copy = courses.altered(tmp_path, {})
    (copy / "cases" / "sami-red-back.md").unlink()
    courses.publish(app, copy)
    assert titles_found(ada, state="retired") == ["Sami and his red back"]
    assert len(titles_found(ada, state="published")) == ALL - 1
    (sami, other) = ids_of(app, "sami"), ids_of(app, "rosa")
    ada.post(f"{BANK}/drafts", {"document": [sami, other]}, status=303)
    assert ada.follow().text.count("cases/sami-red-back.md") == 0
    courses.publish(app)
    assert titles_found(ada, state="retired") == []


def test_the_worker_flags_weak_cues(
    app: Flask, ada: Visitor, clock: MovedClock, tmp_path: Path
) -> None:
    change = ("Her daughter, at the weekend", "Her daughter; at the weekend")
    courses.publish(app, courses.altered(tmp_path, {"cases/dora-fainted.md": change}))
    clock.advance(minutes=1)
    work(app)
    assert titles_found(ada, flag="weak-cues") == ["Dora fainted on the bus"]
    assert titles_found(ada, flag="not-reviewed-here", words="dora")


@on_sqlite
def test_more_cases_take_no_more_queries(app: Flask, ada: Visitor) -> None:
    everything = {"words": "a", "state": "published", "flag": "not-reviewed-here", "danger": "safe"}

    def query_count() -> int:
        with asked(app) as statements:
            ada.get(BANK, query_string=everything | {"danger": ""})
        return len(statements)

    few = query_count()
    known = everything | {"danger": "critical"}
    ada.get(BANK, query_string=known)
    with asked(app) as statements:
        ada.get(BANK, query_string=known)
    assert len(statements) <= MOST_QUERIES + 1  # which keys were seen before
    with app.app_context(), unit_of_work() as session:
        one = session.scalars(sa.select(IndexedCase)).first()
        assert one is not None
        values = {
            column.key: getattr(one, column.key)
            for column in sa.inspect(IndexedCase).columns
            if column.key not in ("id", "revision_id")
        }
        session.execute(sa.insert(IndexedCase), [values] * 100)
    assert query_count() == few <= MOST_QUERIES
    assert "120 cases found." in ada.get(BANK, query_string={"endpoint": "elsewhere"}).text
    assert len(titles_found(ada, page="4")) == 30
