"""Courses go out and come in: what is imported is what was shown, as drafts, or nothing at all."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.authoring.drafts import actions as drafting
from cpd.authoring.drafts.models import Draft, DraftVersion
from cpd.authoring.drafts.queries import find_course_files
from cpd.authoring.sources.archive_reading import unpack_archive_or_faults
from cpd.authoring.sources.archive_writing import pack_archive
from cpd.authoring.transfers import uploads
from cpd.authoring.transfers.actions import FilesMovedError, import_into_course
from cpd.authoring.transfers.plans import Plan, PlannedFile
from cpd.authoring.transfers.queries import PresentFiles
from cpd.authoring.transfers.uploads import Upload
from cpd.courses.models import CourseRow, Document, Visibility
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.reading import MOST_BYTES, MOST_CARRIED
from tests.authoring.new_courses.test_new_courses import begin as begin_course
from tests.authoring.review.test_review import CASE, begin
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.support.people import ADA, INES
from tests.support.queries import asked
from tests.support.visitor import Answer, Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EXPORT, IMPORT = f"/authoring/courses/{SLUG}/export", "/authoring/import"
CONFIRM = f"{IMPORT}/confirmation"
SECTION = "sections/01-noticing.md"
OLD, NEW = "blacked out for a moment", "blacked out for a minute"


def published(app: Flask) -> dict[str, str]:
    with app.app_context():
        row = db.session.scalars(sa.select(CourseRow).where(CourseRow.slug == SLUG)).one()
        return find_course_files(db.session(), row)


def drafts(app: Flask, slug: str = SLUG) -> dict[str, str]:
    with app.app_context():
        rows = db.session.execute(
            sa.select(Draft.path, Draft.text).join(Draft.course).where(CourseRow.slug == slug)
        )
        return {row[0]: row[1] for row in rows}


def export(visitor: Visitor, what: str = "published", slug: str = SLUG) -> bytes:
    page = f"/authoring/courses/{slug}/export"
    visitor.get(page)
    return visitor.submit({"what": what}, action=page, status=200).body


def packed(files: Mapping[str, str], folder: str = "") -> bytes:
    return pack_archive({f"{folder}{path}": text.encode() for path, text in files.items()})


def upload(
    visitor: Visitor,
    raw: bytes,
    *,
    course: str = SLUG,
    slug: str = "",
    name: str = "course.zip",
    status: int = 200,
) -> Answer:
    visitor.get(f"{IMPORT}?course={course}")
    data = {"csrf_token": visitor.token, "course": course, "slug": slug}
    file = (io.BytesIO(raw), name)
    return visitor.send("POST", IMPORT, status=status, data={**data, "file": file})


def confirm(visitor: Visitor, *, status: int = 303) -> None:
    visitor.submit(action=CONFIRM, status=status)


@on_sqlite
def test_what_goes_out_comes_in_unchanged(app: Flask, ada: Visitor) -> None:
    raw = export(ada)
    files = {path.removeprefix(f"{SLUG}/"): text for path, text in unpacked(raw).items()}
    assert files == published(app)
    assert raw == export(ada)
    assert "There is nothing to import" in upload(ada, raw).text
    assert drafts(app) == {}


def unpacked(raw: bytes) -> dict[str, str]:
    files = unpack_archive_or_faults(raw)
    assert isinstance(files, dict), files
    return {path: content.decode() for path, content in files.items()}


def test_a_course_is_imported_as_a_new_one_and_goes_out_again(app: Flask, ada: Visitor) -> None:
    raw = export(ada)
    shown = upload(ada, raw, course="", slug="small-copy").text
    assert "They become the drafts of a new course, “small-copy”" in shown
    assert "ledger.yaml : It records checks and signatures" in shown
    confirm(ada)
    assert "files were imported" in ada.follow().text
    texts = published(app)
    del texts["ledger.yaml"]
    texts["course.md"] = texts["course.md"].replace(f"id: {SLUG}\n", "id: small-copy\n")
    assert drafts(app, "small-copy") == texts
    with app.app_context():
        row = db.session.scalars(sa.select(CourseRow).where(CourseRow.slug == "small-copy")).one()
        assert row.visibility is Visibility.HIDDEN
    out = export(ada, "drafts", "small-copy")
    assert unpacked(out) == {f"small-copy/{path}": text for path, text in texts.items()}
    assert "There is nothing to import" in upload(ada, out, course="small-copy").text
    upload(ada, raw, course="", slug="small-copy", status=422)
    assert "Another course is called small-copy" in ada.page.text


@on_sqlite
def test_a_change_becomes_a_draft_and_an_open_draft_keeps_its_texts(
    app: Flask, ada: Visitor
) -> None:
    text = published(app)[CASE].replace(OLD, NEW)
    upload(ada, packed({CASE: text}, "any-folder/"))
    assert "One file to import" in ada.page.h1
    assert drafts(app) == {}
    confirm(ada)
    assert drafts(app) == {CASE: text}
    with app.app_context():
        draft = db.session.scalars(sa.select(Draft)).one()
        assert draft.base_revision_id is not None
    later = text.replace(NEW, "felt dizzy")
    assert "Its present text stays in its history" in upload(ada, packed({CASE: later})).text
    confirm(ada)
    assert drafts(app) == {CASE: later}
    with app.app_context():
        kept = db.session.scalars(sa.select(DraftVersion.text).order_by(DraftVersion.number))
        assert list(kept) == [text, later]
    assert published(app)[CASE].count(OLD) == 1


@on_sqlite
def test_what_has_changed_since_is_shown_again(app: Flask, ada: Visitor) -> None:
    text = published(app)[CASE].replace(OLD, NEW)
    upload(ada, packed({CASE: text}))
    with app.app_context(), unit_of_work() as session:
        row = session.scalars(sa.select(CourseRow).where(CourseRow.slug == SLUG)).one()
        actor, now = courses.actor_of(ADA), clock.now()
        drafting.start_draft(session, row, CASE, "Other.\n", base=None, actor=actor, now=now)
    confirm(ada, status=409)
    assert "Something has changed since you saw this page" in ada.page.text
    assert drafts(app) == {CASE: "Other.\n"}
    confirm(ada)
    assert drafts(app) == {CASE: text}


@on_sqlite
def test_a_change_at_the_same_moment_is_not_overwritten(
    app: Flask, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = published(app)[CASE].replace(OLD, NEW)
    upload(ada, packed({CASE: text}))
    plan_upload = uploads.plan_upload

    def plan_and_interfere(*args: Any) -> object:
        plan = plan_upload(*args)
        with app.app_context(), unit_of_work() as session:
            row = session.scalars(sa.select(CourseRow).where(CourseRow.slug == SLUG)).one()
            actor, now = courses.actor_of(ADA), clock.now()
            drafting.start_draft(session, row, CASE, "Other.\n", base=None, actor=actor, now=now)
        return plan

    monkeypatch.setattr("cpd.authoring.transfers.views.importing.plan_upload", plan_and_interfere)
    confirm(ada, status=409)
    assert "Someone changed these files just now" in ada.page.text
    assert drafts(app) == {CASE: "Other.\n"}
    monkeypatch.undo()
    with app.app_context():  # the same, begun after the files were read
        row = db.session.scalars(sa.select(CourseRow).where(CourseRow.slug == SLUG)).one()
        read = PresentFiles(find_course_files(db.session(), row))
        monkeypatch.setattr("cpd.authoring.transfers.queries.find_present_files", lambda *_: read)
        plan = Plan([PlannedFile(CASE, text, read.texts[CASE])])
        actor, now = courses.actor_of(ADA), clock.now()
        with pytest.raises(FilesMovedError), unit_of_work() as session:
            import_into_course(session, row, plan, actor=actor, now=now)


@on_sqlite
def test_a_broken_archive_changes_nothing_and_names_every_fault(app: Flask, ada: Visitor) -> None:
    files = {
        "cases/mina.md": published(app)[CASE],
        CASE: published(app)[CASE].replace("difficulty: ", "difficulty: very "),
        SECTION: "No keys.\n",
        "notes/todo.txt": "Later.",
        "figures/heat.svg": "<svg onload='x()'/>",
        "__MACOSX/x": "x",
    }
    said = upload(ada, packed(files), status=422).text
    assert "Nothing can be imported yet" in said
    for fault in (
        "cases/mina.md, line 2 The id is",
        f"{CASE}, line 9 'difficulty' is",
        f"{SECTION} The file does not begin with its keys.",
        "figures/heat.svg",
        "notes/todo.txt : This file is not part of a course.",
        "__MACOSX/x : Your computer added this file when it packed the archive.",
    ):
        assert fault in said, said
    assert all(form.action != CONFIRM for form in ada.page.forms)
    assert drafts(app) == {}


REFUSED = [
    (b"PK\x03\x04 not really", "The archive is incomplete or damaged."),
    (packed({"../x.md": "x"}), "The name leads out of the archive."),
    (packed({"[Content_Types].xml": "x"}), "This is a workbook or a document."),
    (packed({"a/course.md": "x", "b/course.md": "x"}), "files of 2 courses: a, b"),
    (packed({"readme.txt": "x"}), "The archive has no file of a course."),
    (packed({CASE: "\ufeff---\n"}), "byte order mark"),
    (pack_archive({CASE: "---\n".encode("utf-16")}), "not UTF-8"),
    (packed({CASE: "---\r\n"}), "Unix line endings"),
    (packed({CASE: "x" * 70_000 + "".join(map(chr, range(33, 3000)))}), "are allowed"),
    (b"", "Choose a file that is not empty."),
    (b"one\ntwo\n", "The first row does not name the columns."),
]


@on_sqlite
def test_what_is_refused(app: Flask, ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    for raw, said in REFUSED:
        assert said in upload(ada, raw, status=422).text
    monkeypatch.setattr(uploads, "MOST_CARRIED", 9)
    assert "The file has more than 700 kB." in upload(ada, b"0123456789", status=422).text
    assert drafts(app) == {}


def test_the_largest_upload_fits_into_the_form_that_confirms_it() -> None:
    largest = Upload(bytes(MOST_CARRIED), None)
    assert len(largest.encoded) + 100_000 < MOST_BYTES


@on_sqlite
def test_a_new_course_needs_its_files_and_a_name(app: Flask, ada: Visitor) -> None:
    said = upload(ada, packed({CASE: published(app)[CASE]}), course="", status=422).text
    assert "course.md The file is missing." in said
    assert "exam.md The file is missing." in said
    upload(ada, b"id,title\n", course="", status=422)
    assert "A table adds cases to a course." in ada.page.text
    upload(ada, export(ada), course="", slug="Two Words", status=422)
    upload(ada, export(ada), slug="other", status=422)
    assert "Only a new course gets a name." in ada.page.text


@on_sqlite
def test_what_no_page_of_ours_sends(ada: Visitor, ravi: Visitor) -> None:
    upload(ada, packed({CASE: "x"}), course="absent", status=404)
    ada.get(IMPORT)
    token = {"csrf_token": ada.token, "course": SLUG, "slug": ""}
    two = {"file": [(io.BytesIO(b"x"), "a"), (io.BytesIO(b"x"), "b")]}
    ada.send("POST", IMPORT, status=400, data={**token, **two})
    again = {**token, "shown": "x"}
    ada.post(CONFIRM, {**again, "contents": "no Base64!"}, status=400)
    ada.post(CONFIRM, {**again, "contents": ""}, status=409)
    ada.post(CONFIRM, {**again, "slug": "Two Words", "contents": ""}, status=422)


@on_sqlite
def test_whoever_is_asked_for_a_blind_answer_gives_it_first(
    app: Flask, ada: Visitor, ines: Visitor
) -> None:
    draft = begin(ada)
    with app.app_context():
        chosen = {"document": db.session.scalars(sa.select(Draft.public_id)).one()}
    raw = packed({CASE: drafts(app)[CASE].replace(OLD, NEW)})
    ada.get(EXPORT)
    ada.post("/authoring/export", chosen, status=200)  # the control: nobody asks ada
    ines.get(EXPORT)
    upload(ines, raw)
    with app.app_context(), unit_of_work() as session:
        ines_row = accounts.row_of(INES)
        reviewer, subject = ines_row.public_id, ines_row.id
        people.grant_role(session, subject, Grant(Role.REVIEWER), actor=SYSTEM, now=clock.now())
    ada.get(f"{draft}/review")
    ada.submit({"reviewers": reviewer}, action=f"{draft}/review")
    ines.get(EXPORT)
    answers = [
        ines.post("/authoring/export", chosen, status=303),
        ines.post(EXPORT, {"what": "published"}, status=303),
        ines.post(EXPORT, {"what": "table"}, status=303),
        upload(ines, raw, status=303),
    ]
    assert all("/authoring/reviews/rvu_" in answer.location for answer in answers)


@on_sqlite
def test_a_selection_goes_out_with_drafts_and_pictures(app: Flask, ada: Visitor) -> None:
    begin(ada)
    assert "quinn-dizzy.md · draft" in ada.get(EXPORT).text
    with app.app_context():
        figure = db.session.scalars(
            sa.select(Document).where(Document.type == "figure").limit(1)
        ).one()
        draft = db.session.scalars(sa.select(Draft)).one()
        section = sa.select(Document.public_id).where(Document.slug == "noticing")
        chosen = [figure.public_id, draft.public_id, db.session.scalars(section).one()]
        slug, text = figure.slug, draft.text
    raw = ada.post("/authoring/export", {"document": chosen}, status=200).body
    assert unpacked(raw).keys() == {
        f"{SLUG}/{CASE}",
        f"{SLUG}/{SECTION}",
        f"{SLUG}/figures/{slug}.md",
        f"{SLUG}/figures/{slug}.svg",
    }
    assert unpacked(raw)[f"{SLUG}/{CASE}"] == text
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
    ada.post("/authoring/export", {"document": [*chosen, "doc_absent"]}, status=404)
    ada.post("/authoring/export", {}, status=422)


@on_sqlite
def test_a_table_goes_out_once_it_is_known_what_it_leaves_out(app: Flask, ada: Visitor) -> None:
    ada.get(EXPORT)
    left_out = ada.submit({"what": "table"}, action=EXPORT, status=200)
    assert "15 cases fit into the table" in left_out.text
    assert "cases/arno-head-swims.md" in left_out.text
    table = ada.submit(action=EXPORT, status=200).body
    assert table.startswith(b"\xef\xbb\xbfid,title,client,")
    assert "There is nothing to import" in upload(ada, table, name="cases.csv").text
    ada.get(EXPORT)
    ada.post(EXPORT, {"what": "everything"}, status=422)


@on_sqlite
def test_what_a_course_without_a_version_has(ada: Visitor) -> None:
    begin_course(ada)
    page = "/authoring/courses/warm-hands/export"
    ada.get(page)
    ada.submit({"what": "published"}, action=page, status=422)
    assert "There is nothing to export yet." in ada.page.text
    for form in ("A form without answers", "A form from last year"):
        text = ada.get("/authoring/courses/warm-hands").html
        draft = re.search(rf"/authoring/drafts/(drf_\w+)[^<]*<span[^>]*>: {form}", text)
        assert draft
        ada.get(f"/authoring/drafts/{draft[1]}/text")
        ada.submit({"text": "Broken."}, action=f"/authoring/drafts/{draft[1]}/text")
    ada.get(page)
    ada.submit({"what": "table"}, action=page, status=422)
    assert "None of the cases fits into a table." in ada.page.text


@on_sqlite
def test_a_missing_line_end_is_added_and_named(app: Flask, ada: Visitor) -> None:
    text = published(app)[CASE].replace(OLD, NEW)
    shown = upload(ada, packed({CASE: text.rstrip("\n")})).text
    assert "A line end is added at the end of the file." in shown
    confirm(ada)
    assert drafts(app) == {CASE: text}


@on_sqlite
def test_pages_need_the_same_number_of_queries_however_much_there_is(
    app: Flask, ada: Visitor
) -> None:
    texts = published(app)
    few = {CASE: texts[CASE].replace(OLD, NEW)}
    many = {path: text + "More.\n" for path, text in texts.items() if path.startswith("cases/")}
    counts = []
    for files in (few, many):
        raw = packed(files)
        ada.get(IMPORT)
        with asked(app) as statements:
            upload(ada, raw)
        counts.append(len(statements))
        with asked(app) as statements:
            ada.get(EXPORT)
        counts.append(len(statements))
    assert counts[2:] == counts[:2]


@on_sqlite
def test_a_new_course_and_its_template_of_cases(app: Flask, ada: Visitor) -> None:
    begin_course(ada)
    template = ada.get("/authoring/import-template.csv").body
    shown = upload(ada, template, course="warm-hands", name="cases.csv").text
    assert "2 files to import" in shown
    assert "The table was read as UTF-8 with commas" in shown
    confirm(ada)
    page = ada.get("/authoring/courses/warm-hands/publication").text
    assert "A form that is empty" in page
    assert "fault" not in page
    ada.get("/authoring/courses/warm-hands/export")
    table = export(ada, "table", "warm-hands")
    assert "There is nothing to import" in upload(ada, table, course="warm-hands").text
