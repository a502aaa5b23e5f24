"""One course with its parts, its ledger and its reader's progress; and how much each read costs."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import VISITOR
from cpd.courses import credit, hooks, queries
from cpd.courses.catalog.queries import find_catalog_page
from cpd.courses.enrolment.queries import find_own_courses
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.courses.queries import Course
from cpd.courses.reading.queries import (
    find_course_progress,
    find_reading_progress,
    find_section_finish_times,
)
from cpd.courses.renderings import Rendering
from cpd.courses.rules.ledger import NOT_CHECKED
from cpd.courses.rules.outline import Part
from cpd.courses.rules.reading import Missing
from cpd.db import db, unit_of_work
from cpd.kernel import memory
from tests.factories import courses
from tests.factories.courses import FOLDER, SLUG, actor_of, altered, course_of
from tests.support import joints
from tests.support.moved_clock import NOW
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked

NEW_TITLE = {"course.md": ("title: Massage on a hot day", "title: Massage in the heat")}


def newest() -> Course:
    found = queries.find_course(db.session(), VISITOR, SLUG)
    assert found is not None
    return found


def add_entry(about: str, kind: str, **data: str) -> None:
    """Add to the small course's ledger, which has two entries of its own."""
    with unit_of_work() as session:
        courses.add_entry(session, about, kind, **data)


def test_an_unknown_course(app: Flask) -> None:
    with app.app_context():
        assert queries.find_course(db.session(), VISITOR, "nothing") is None
        assert queries.find_newest_course_revision(db.session(), VISITOR, "nothing") is None


def test_a_course_has_its_parts_in_order(app: Flask) -> None:
    with app.app_context():
        outline = newest().outline
        assert [part.slug for part in outline.sections] == ["noticing", "adapting"]
        assert [part.slug for part in outline.references] == sorted(
            part.slug for part in outline.references
        )
        assert outline.exam.title == "Final cases"
        assert outline.hazard("heat-stroke") is not None
        assert outline.tool("room-check") is not None


def test_an_outline_names_practice_cases_and_no_exam_case(app: Flask) -> None:
    fronts = {case.slug: case.file for case in courses.bundle().cases}
    with app.app_context():
        cases = [case for found in newest().outline.practice.values() for case in found]
    assert cases
    assert {fronts[case.slug].pool for case in cases} == {"practice"}
    assert all(type(case) is Part for case in cases), "a bare part has no front"


class _UndoneError(Exception):
    pass


def read_without_html() -> None:
    """Read the newest version where its HTML is gone and cannot be made; undone at the end."""
    with unit_of_work() as session:
        session.execute(sa.delete(Rendering))
        assert not newest().outline.course.html
        raise _UndoneError


def test_an_outline_that_lacks_texts_is_not_remembered(app: Flask) -> None:
    """Nothing is rendered within a unit of work, so that what is read there may lack texts."""
    with app.app_context():
        memory.clear_all_caches()
        with pytest.raises(_UndoneError):
            read_without_html()
        assert newest().outline.course.html


def test_who_is_enrolled_keeps_the_version_they_began(app: Flask, tmp_path: Path) -> None:
    courses.enrol(app, MAYA)
    courses.publish(app, altered(tmp_path, NEW_TITLE))
    with app.app_context():
        assert course_of(MAYA).revision.title == "Massage on a hot day"
        assert course_of(ZOE).revision.title == "Massage in the heat"
        assert newest().revision.title == "Massage in the heat"


def test_publishing_an_old_text_again_makes_it_the_newest(app: Flask, tmp_path: Path) -> None:
    courses.publish(app, altered(tmp_path, NEW_TITLE))
    courses.publish(app, FOLDER)
    with app.app_context():
        assert newest().revision.number == 3
        assert newest().revision.title == "Massage on a hot day"


def test_an_enrolment_is_its_owners_alone(app: Flask) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        assert course_of(MAYA).enrolment is not None
        assert course_of(ZOE).enrolment is None
        assert newest().enrolment is None
        assert queries.find_present_enrolment(db.session(), actor_of(ZOE), SLUG) is None


def test_an_enrolment_that_ended_is_none(app: Flask) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        with unit_of_work() as session:
            own = session.query(Enrolment).one()
            own.state, own.ended_at = EnrolmentState.ENDED, NOW
        assert course_of(MAYA).enrolment is None
        assert find_own_courses(db.session(), actor_of(MAYA)) == []


# The ledger


def test_the_ledger_says_how_far_a_source_was_checked(app: Flask) -> None:
    with app.app_context():
        statuses = newest().ledger.statuses
    assert statuses["keller-2019"].status == "checked"
    assert statuses["keller-2019"].note == "Abstract seen."
    assert statuses.get("ortiz-2021", NOT_CHECKED).status == "unchecked"


def test_a_course_without_a_ledger_has_nothing_checked(app: Flask, tmp_path: Path) -> None:
    folder = altered(tmp_path, {}, slug="another-course")
    (folder / "ledger.yaml").unlink()
    courses.publish(app, folder)
    with app.app_context():
        shelf = find_catalog_page(db.session(), VISITOR)
        assert shelf is not None
        checked = {one.slug: len(one.ledger.statuses) for one in shelf.courses}
    assert checked == {SLUG: 2, "another-course": 0}


def test_the_newest_entry_wins_at_once(app: Flask) -> None:
    with app.app_context():
        assert newest().ledger.statuses["keller-2019"].status == "checked"
        add_entry("reference:keller-2019", "status", status="retracted")
        assert newest().ledger.statuses["keller-2019"].status == "retracted"


def test_a_signature_holds_for_one_exact_text(app: Flask) -> None:
    with app.app_context():
        add_entry("hazard:heat-stroke", "sign-off", hash="a" * 64, by="Dr R. Menon")
        ledger = newest().ledger
    assert ledger.signer("hazard:heat-stroke", "a" * 64) == "Dr R. Menon"
    assert ledger.signer("hazard:heat-stroke", "b" * 64) == ""
    assert ledger.signer("hazard:fainting", "a" * 64) == ""


def test_the_newest_day_counts_and_a_retraction_stays(app: Flask) -> None:
    about = "reference:keller-2019"
    with app.app_context():
        add_entry(about, "status", status="superseded", on="2026-03-02", by="Ada")
        add_entry(about, "status", status="unchecked", on="2026-03-01", by="Ada")
        assert newest().ledger.statuses["keller-2019"].status == "superseded"
        add_entry(about, "status", status="retracted", on="2026-02-01", by="Ada")
        assert newest().ledger.statuses["keller-2019"].status == "retracted"


def test_the_ledger_is_read_once_for_each_newest_entry(app: Flask) -> None:
    memory.clear_all_caches()
    with asked(app) as statements, app.app_context():
        newest()
        newest()
    reading = [one for one in statements if "FROM ledger_entries ORDER" in " ".join(one.split())]
    whole = [one for one in statements if "ledger_entries.data" in one]
    assert (len(whole), reading) == (1, [])


def test_what_keeps_a_course_from_credit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        course = newest()
        missing = credit.find_missing_for_credit(db.session(), [course])
        assert missing == {course.revision.id: tuple(Missing)}
        approved = lambda _, of: frozenset(one.id for one in of)  # noqa: E731
        joints.fill(monkeypatch, app, hooks.approved_for_credit, approved)
        add_entry(f"course:{SLUG}", "sign-off", hash=course.revision.content_hash, by="Dr R. Menon")
        missing = credit.find_missing_for_credit(db.session(), [newest()])
        assert missing == {course.revision.id: (Missing.REVIEW,)}


def test_signatures_of_this_site_lift_the_review_and_those_of_files_do_not(app: Flask) -> None:
    def sign_all(review: str | None) -> bool:
        with unit_of_work() as session:
            for about, content_hash in newest().outline.texts_to_review:
                courses.add_entry(
                    session, about, "sign-off", review=review, hash=content_hash, by="R. M."
                )
        return credit.is_reviewed_here(newest())

    with app.app_context():
        assert not credit.is_reviewed_here(newest())
        assert not sign_all(None)
        assert sign_all("rvu_here")
        about, content_hash = next(iter(newest().outline.texts_to_review))
        add_entry(about, "objection", hash=content_hash, by="Dr R. Menon")
        assert not credit.is_reviewed_here(newest())


# Progress


def test_progress_is_what_was_ended_and_answered(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing")
    with app.app_context():
        of = course_of(MAYA)
        cases = frozenset(case.slug for case in of.outline.practice["noticing"])
        found = find_course_progress(db.session(), of)
        assert [one.section.slug for one in found.unfinished_required_sections] == [
            "noticing",
            "adapting",
        ]
        joints.answer(monkeypatch, app, hooks.practice_done, lambda *_: cases)
        found = find_course_progress(db.session(), of)
        assert [one.section.slug for one in found.unfinished_required_sections] == ["adapting"]
        assert find_reading_progress(db.session(), of).finished_count == 1


def test_a_reader_without_enrolment_has_done_nothing(app: Flask) -> None:
    with app.app_context():
        assert find_course_progress(db.session(), newest()).finished_count == 0
        assert find_reading_progress(db.session(), newest()).finished_count == 0


# How much is asked


def test_a_course_costs_the_same_however_many_parts_it_has(app: Flask) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        actor = actor_of(MAYA)
    memory.clear_all_caches()
    with asked(app) as cold, app.app_context():
        queries.find_course(db.session(), actor, SLUG)
    with asked(app) as warm, app.app_context():
        queries.find_course(db.session(), actor, SLUG)
    assert (len(cold), len(warm)) == (3, 1)


def test_my_courses_cost_the_same_however_many_there_are(app: Flask, tmp_path: Path) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        actor = actor_of(MAYA)

    def cost() -> int:
        memory.clear_all_caches()
        with asked(app) as statements, app.app_context():
            mine = find_own_courses(db.session(), actor)
            find_section_finish_times(
                db.session(), {one.enrolment: one.outline for one in mine if one.enrolment}
            )
        return len(statements)

    before = cost()
    for number in range(3):
        slug = f"course-{number}"
        courses.publish(app, altered(tmp_path, {}, slug=slug))
        courses.enrol(app, MAYA, slug)
    assert cost() == before == 4
