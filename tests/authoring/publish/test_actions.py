"""Publishing and exporting against the real database, on both engines."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM
from cpd.authoring.publish import actions, exporting, queries, rerendering
from cpd.authoring.publish.models import Source
from cpd.authoring.publish.outcomes import ExportRefusedError, PublishRefusedError, PublishReport
from cpd.authoring.sources import loading
from cpd.cases.front import CaseFront
from cpd.courses.events import CoursePublished
from cpd.courses.models import (
    Document,
    DocumentType,
    LedgerEntry,
    PublishEntry,
    Revision,
    RevisionPart,
)
from cpd.courses.rules.ledger import Series
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.keys import find_stored_keys
from tests.support import joints
from tests.support.courses import CourseFolder
from tests.support.moved_clock import NOW

SLUG = "another-course"
NEW = "- {on: 2026-02-01, by: Ada, type: status, of: reference:ortiz-2021, status: checked}\n"


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    """The tiny course under a name that no template database holds."""
    return CourseFolder(tmp_path, SLUG)


def publish(app: Flask, course: CourseFolder, reason: str = "First release.") -> PublishReport:
    """Load outside the write transaction, publish inside."""
    bundle = course.bundle()
    with app.app_context(), unit_of_work() as session:
        return actions.publish_course(session, bundle, actor=SYSTEM, now=clock.now(), reason=reason)


def names(report: PublishReport) -> list[str]:
    return [one.name for one in report.published]


def rows(app: Flask, table: type[db.Model]) -> int:  # type: ignore[name-defined]
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_folder_becomes_revisions_keys_sources_and_a_manifest(
    app: Flask, course: CourseFolder
) -> None:
    report = publish(app, course)
    bundle = course.bundle()
    assert names(report) == [*(part.name for part in bundle.parts), bundle.course.name]
    assert (report.unchanged, report.edited_only, report.ledger_added) == (0, (), 2)
    assert {(one.number, one.replaced) for one in report.published} == {(1, None)}
    with app.app_context():
        session = db.session()
        newest = queries.find_newest_revisions(session, SLUG)
        assert set(newest) == {part.name for part in bundle.course_and_parts}
        whole = newest[bundle.course.name]
        assert whole.public_id == report.course_revision
        assert whole.front["sections"] == ["noticing", "adapting"]
        parts = session.scalars(
            sa.select(RevisionPart)
            .where(RevisionPart.course_revision_id == whole.id)
            .order_by(RevisionPart.position)
        ).all()
        assert [f"{one.part.document.type}:{one.part.document.slug}" for one in parts] == [
            part.name for part in bundle.parts
        ]
        section = newest["section:noticing"]
        stored = rerendering.find_rendered_texts(session, [section.content_hash])[
            section.content_hash
        ]
        assert stored.body == bundle.sections[0].body
        assert section.words == bundle.sections[0].body.words
        assert section.front["headings"][0] == {
            "level": 2,
            "anchor": "stop-signs",
            "text": "Signs that stop a session",
        }
        assert section.front["cites"] == ["keller-2019", "heat-board"]
        case = newest["case:rosa-stumbles"]
        assert case.title == "Rosa stumbles"
        built = bundle.built["rosa-stumbles"]
        assert CaseFront.from_json(case.front) == built.front
        assert find_stored_keys(session, [case.id])[case.id] == built.key
        entry = session.scalars(
            sa.select(PublishEntry).where(PublishEntry.revision_id == case.id)
        ).one()
        assert (entry.actor, entry.reason, entry.replaced_id) == ("system", "First release.", None)
        audited = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.object == report.course_revision)
        ).one()
        assert audited.detail == {
            "revisions": len(report.published),
            "ledger_entries": 2,
            "channel": "local",
        }


def test_publishing_the_same_folder_again_publishes_and_tells_nothing(
    app: Flask, course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = joints.heard(monkeypatch, app, CoursePublished)
    first = publish(app, course)
    tables = (Document, Revision, RevisionPart, Source, PublishEntry, LedgerEntry, AuditEntry)
    before = [rows(app, table) for table in tables]
    again = publish(app, course)
    assert again.is_empty
    assert again.course_revision == first.course_revision
    assert again.unchanged == len(first.published)
    assert [rows(app, table) for table in tables] == before
    with app.app_context():
        revision = db.session.scalars(
            sa.select(Revision).where(Revision.public_id == first.course_revision)
        ).one()
        of = revision.document.course_id
    assert told == [CoursePublished(at=NOW, course_id=of, revision_id=revision.id)]


def test_only_what_changed_gets_a_revision_and_the_course_with_it(
    app: Flask, course: CourseFolder
) -> None:
    first = publish(app, course)
    course.edit("cases/rosa-stumbles.md", "Rosa, 55", "Rosa, 56")
    report = publish(app, course, "Rosa is a year older.")
    assert names(report) == ["case:rosa-stumbles", f"course:{SLUG}"]
    assert [(one.number, one.replaced) for one in report.published] == [(2, 1), (2, 1)]
    assert report.course_revision != first.course_revision
    with app.app_context():
        session = db.session()
        new = queries.find_newest_revisions(session, SLUG)["case:rosa-stumbles"]
        entry = session.scalars(
            sa.select(PublishEntry).where(PublishEntry.revision_id == new.id)
        ).one()
        old = session.get_one(Revision, entry.replaced_id)
        assert (old.number, old.document_id) == (1, new.document_id)
        assert "Rosa, 55" in old.front["stem_html"]
        parts = sa.select(sa.func.count()).select_from(RevisionPart)
        counts = [
            session.scalar(parts.where(RevisionPart.course_revision_id == revision.id))
            for revision in session.scalars(
                sa.select(Revision)
                .join(Revision.document)
                .where(Document.slug == SLUG, Document.type == DocumentType.COURSE)
            )
        ]
        assert counts == [33, 33]


def test_what_learners_do_not_see_makes_no_revision_and_is_said(
    app: Flask, course: CourseFolder
) -> None:
    publish(app, course)
    course.edit("cases/rosa-stumbles.md", "id: rosa", "# a comment\nid: rosa")
    report = publish(app, course)
    assert report.published == ()
    assert report.edited_only == ("cases/rosa-stumbles.md",)


def test_an_old_text_published_again_is_a_new_revision(app: Flask, course: CourseFolder) -> None:
    publish(app, course)
    course.edit("cases/rosa-stumbles.md", "Rosa, 55", "Rosa, 56")
    publish(app, course)
    course.edit("cases/rosa-stumbles.md", "Rosa, 56", "Rosa, 55")
    report = publish(app, course, "Reverted.")
    assert [(one.number, one.replaced) for one in report.published] == [(3, 2), (3, 2)]


def test_a_file_that_is_gone_leaves_the_course_and_stays_in_the_database(
    app: Flask, course: CourseFolder
) -> None:
    publish(app, course)
    course.remove("cases/leo-as-usual.md")
    report = publish(app, course)
    assert names(report) == [f"course:{SLUG}"]
    with app.app_context():
        assert "case:leo-as-usual" in queries.find_newest_revisions(db.session(), SLUG)


def test_two_courses_may_use_the_same_names(app: Flask, tmp_path: Path) -> None:
    one, other = CourseFolder(tmp_path, SLUG), CourseFolder(tmp_path, "third-course")
    publish(app, one)
    assert len(publish(app, other).published) == 34


def test_the_ledger_only_grows(app: Flask, course: CourseFolder) -> None:
    publish(app, course)
    course.write("ledger.yaml", course.read("ledger.yaml") + "# In February:\n" + NEW + NEW)
    report = publish(app, course)
    assert (report.published, report.ledger_added, report.is_empty) == ((), 2, False)
    with app.app_context():
        entries = queries.find_ledger_entries(db.session(), SLUG, Series.SHIPPED)
        assert [entry.position for entry in entries] == [1, 2, 3, 4]
        assert entries[2].about == "reference:ortiz-2021"
        assert entries[2].data["status"] == "checked"
        assert entries[2].data["text"] == "# In February:\n" + NEW
        assert queries.build_ledger_text(entries) == course.read("ledger.yaml")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param("note: Abstract seen.", "note: All of it seen.", 7, id="a line changed"),
        pytest.param("# What was learnt", "# What we learnt", 1, id="a comment changed"),
        pytest.param("  status: unchecked\n", "  status: unchecked", 13, id="the end cut off"),
    ],
)
def test_a_ledger_that_was_rewritten_is_refused(
    app: Flask, course: CourseFolder, old: str, new: str, line: int
) -> None:
    publish(app, course)
    course.edit("ledger.yaml", old, new)
    with pytest.raises(PublishRefusedError) as refused:
        publish(app, course)
    (fault,) = refused.value.faults
    assert (fault.file.rpartition("/")[2], fault.line) == ("ledger.yaml", line)
    assert "was changed or removed" in str(refused.value)


def test_a_ledger_that_lost_an_entry_or_is_gone_is_refused(
    app: Flask, course: CourseFolder
) -> None:
    publish(app, course)
    text = course.read("ledger.yaml")
    course.write("ledger.yaml", text.partition("- on: 2026-01-11")[0])
    with pytest.raises(PublishRefusedError):
        publish(app, course)
    course.remove("ledger.yaml")
    with pytest.raises(PublishRefusedError):
        publish(app, course)


def test_an_entry_that_changed_without_a_line_doing_so_is_refused(
    app: Flask, course: CourseFolder
) -> None:
    """Text added right behind the end can change the last entry."""
    course.write("ledger.yaml", course.read("ledger.yaml").rstrip("\n"))
    publish(app, course)
    course.edit("ledger.yaml", "status: unchecked", "status: unchecked\n  note: Changed.")
    with pytest.raises(PublishRefusedError):
        publish(app, course)


def test_a_folder_need_not_hold_the_sites_own_ledger(app: Flask, course: CourseFolder) -> None:
    course.write("ledger-here.yaml", NEW)
    assert publish(app, course).ledger_added == 3
    course.remove("ledger-here.yaml")
    assert publish(app, course).is_empty
    course.write("ledger-here.yaml", NEW.replace("Ada", "Ravi"))
    with pytest.raises(
        PublishRefusedError, match=r"ledger-here\.yaml:1: A recorded line of the ledger"
    ):
        publish(app, course)


def test_a_course_without_a_ledger_can_be_published(app: Flask, course: CourseFolder) -> None:
    course.remove("ledger.yaml")
    assert publish(app, course).ledger_added == 0


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("hazards/sunburn.md", "[ortiz-2021]", "[gone-2020]", id="a rule"),
        pytest.param("sections/01-noticing.md", "Most", "[x](/y) Most", id="the renderer"),
        pytest.param("cases/jan-sunburn.md", " [@ortiz-2021]", "", id="a key"),
    ],
)
def test_a_folder_with_faults_is_refused(
    app: Flask, course: CourseFolder, file: str, old: str, new: str
) -> None:
    course.edit(file, old, new)
    bundle = course.load().bundle
    assert bundle is not None
    before = rows(app, Revision)
    with (
        app.app_context(),
        pytest.raises(PublishRefusedError, match=Path(file).name),
        unit_of_work() as session,
    ):
        actions.publish_course(session, bundle, actor=SYSTEM, now=clock.now(), reason="x")
    assert rows(app, Revision) == before


@pytest.mark.parametrize("reason", [" ", "x" * 401])
def test_a_reason_is_needed(app: Flask, course: CourseFolder, reason: str) -> None:
    with pytest.raises(ValueError, match="1 to 400"):
        publish(app, course, reason)


def test_rows_of_the_red_flag_table_are_shown_to_nobody(app: Flask, course: CourseFolder) -> None:
    publish(app, course)
    with app.app_context():
        card = queries.find_newest_revisions(db.session(), SLUG)["hazard:sunburn"]
        assert "family_of_flags" not in card.front
        whole = queries.find_newest_course_revision(db.session(), SLUG)
        assert whole is not None
        assert whole.content_hash == course.bundle().content_hash


def test_publishing_renders_nothing_and_loading_may_not_run_inside_it(
    app: Flask, course: CourseFolder
) -> None:
    """The suite refuses rendering inside a unit of work; the second half shows that it does."""
    publish(app, course)
    with (
        app.app_context(),
        pytest.raises(RuntimeError, match="nothing rendered inside a unit of work"),
        unit_of_work(),
    ):
        loading.load_course_folder(course.path)


def test_export_writes_every_byte_back(app: Flask, course: CourseFolder, tmp_path: Path) -> None:
    course.edit("cases/rosa-stumbles.md", "id: rosa", "# a comment, and spaces:   \nid: rosa")
    course.write("ledger.yaml", course.read("ledger.yaml").rstrip("\n") + "\n\n# The end.")
    course.write("ledger-here.yaml", "# Ours:\n" + NEW)
    publish(app, course)
    course.edit("sections/01-noticing.md", "Most clients", "Nearly all clients")
    course.edit("figures/cool-down.svg", "2 Water", "2 Tea")
    course.write("ledger.yaml", course.read("ledger.yaml") + "\n" + NEW)
    course.write("ledger-here.yaml", course.read("ledger-here.yaml") + NEW + "# Later")
    publish(app, course)
    with app.app_context():
        paths = exporting.export_course_to_folder(db.session(), SLUG, tmp_path / "out" / SLUG)
    assert files(tmp_path / "out" / SLUG) == files(course.path)
    assert paths == sorted(files(course.path))
    exported = loading.load_course_folder(tmp_path / "out" / SLUG)
    assert exported.bundle is not None
    with app.app_context(), unit_of_work() as session:
        again = actions.publish_course(
            session, exported.bundle, actor=SYSTEM, now=clock.now(), reason="Imported."
        )
    assert again.is_empty
    assert again.edited_only == ()


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_export_leaves_out_what_left_the_course(
    app: Flask, course: CourseFolder, tmp_path: Path
) -> None:
    course.remove("ledger.yaml")
    publish(app, course)
    course.remove("cases/leo-as-usual.md")
    publish(app, course)
    with app.app_context():
        exporting.export_course_to_folder(db.session(), SLUG, tmp_path / "out")
    assert files(tmp_path / "out") == files(course.path)


def test_export_refuses_what_it_cannot_do(app: Flask, course: CourseFolder, tmp_path: Path) -> None:
    publish(app, course)
    with app.app_context():
        session = db.session()
        with pytest.raises(ExportRefusedError, match="There is no course 'nowhere'"):
            exporting.export_course_to_folder(session, "nowhere", tmp_path / "out")
        with pytest.raises(ExportRefusedError, match="not an empty folder"):
            exporting.export_course_to_folder(session, SLUG, course.path)
        with pytest.raises(ExportRefusedError, match="not an empty folder"):
            exporting.export_course_to_folder(session, SLUG, course.path / "course.md")
        (tmp_path / "empty").mkdir()
        assert exporting.export_course_to_folder(session, SLUG, tmp_path / "empty")
