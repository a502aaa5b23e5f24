"""`cpd content` as it is typed, on both databases."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from cpd.authoring.publish.releases import is_library_up_to_date
from cpd.authoring.sources import disk as folders
from cpd.cli import content, main
from cpd.content import country_loading
from cpd.credit import authority_loading
from cpd.db import db
from tests.factories.pictures import upload
from tests.support.courses import SMALL, CourseFolder
from tests.support.moved_clock import MovedClock

SLUG = "another-course"
SECTION = "sections/01-noticing.md"


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    return CourseFolder(tmp_path, SLUG)


def test_picture_writes_a_file_and_the_line_that_shows_it(
    course: CourseFolder, tmp_path: Path
) -> None:
    photo, drawing = tmp_path / "jane.jpg", tmp_path / "jane.svg"
    photo.write_bytes(upload())
    drawing.write_text("<svg/>")
    add = partial(CliRunner().invoke, content.command)
    done = add(["picture", str(photo), str(course.path), "--description", "A hand."])
    (made,) = (course.path / "media").iterdir()
    assert done.output == f"![A hand.](media:{made.stem})\n"
    course.write(SECTION, f"{course.read(SECTION)}\n{done.output}")
    assert course.load().faults == []
    refused = add(["picture", str(drawing), str(course.path)])
    assert refused.exit_code == 1
    assert "SVG drawings cannot be uploaded" in refused.output


@pytest.fixture
def cpd(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command of the group on this test's app."""
    monkeypatch.setattr(main, "create_app_or_exit", lambda: app)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(content.command, [str(argument) for argument in arguments])

    return run


def check(*arguments: object) -> Result:
    return CliRunner().invoke(content.command, ["check", *map(str, arguments)])


def test_check_prints_tables_and_ends_well(course: CourseFolder) -> None:
    done = check(course.path)
    assert done.exit_code == 0
    assert "## Unseen tries" in done.output
    assert "2 warnings:" in done.output


def test_check_names_faults_with_file_line_and_remedy(course: CourseFolder) -> None:
    line = course.edit("course.md", "level: introductory\n", "")
    done = check("--quiet", course.path, SMALL)
    assert done.exit_code == 1
    assert f"{course.path}/course.md:" in done.output
    assert "'level' is missing. — Add a line 'level: ...'." in done.output
    assert f"{course.path}: 1 fault." in done.output
    assert "##" not in done.output
    assert line


def test_check_counts_nothing_while_a_file_cannot_be_read(course: CourseFolder) -> None:
    course.edit("cases/leo-as-usual.md", "red_flag: false", "red_flag: no")
    output = check(course.path).output
    assert "'red_flag' has the wrong form." in output
    assert "Warnings and tables follow once these faults are fixed." in output
    assert "warnings:" not in output
    assert "##" not in output


def test_check_names_files_from_here(course: CourseFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    course.remove("exam.md")
    monkeypatch.chdir(course.path.parent)
    assert check("--quiet", course.path).output.startswith(f"{SLUG}/exam.md:1: ")


def test_check_prints_hashes_for_signatures(course: CourseFolder) -> None:
    done = check("--quiet", "--hashes", course.path)
    assert len(done.output.splitlines()) == 34


def test_check_without_folders_checks_what_is_shipped(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "LIBRARY", course.path.parent)
    assert check("--quiet").exit_code == 0
    course.remove("exam.md")
    assert "exam.md:1: The file is missing." in check("--quiet").output


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_site_can_leave_the_shipped_courses_out(
    make_app: Callable[..., Flask], course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "LIBRARY", course.path.parent)
    for is_shipped, said in ((False, "name a folder.\n"), (True, ": 34 revisions")):
        app = make_app(shipped_courses=is_shipped)
        monkeypatch.setattr(main, "create_app_or_exit", lambda app=app: app)
        with app.app_context():
            does_start_publish = not is_library_up_to_date(db.session())
        assert does_start_publish is is_shipped
        done = CliRunner().invoke(content.command, ["publish"])
        assert (done.exit_code == 0) is is_shipped
        assert said in done.output


def test_publish_says_what_it_did(cpd: Callable[..., Result], course: CourseFolder) -> None:
    done = cpd("publish", course.path, "--reason", "First.")
    assert (done.exit_code, done.output) == (
        0,
        f"{SLUG}: 34 revisions, 2 ledger entries, 0 files unchanged.\n",
    )
    course.edit("exam.md", "id: exam", "# as before\nid: exam")
    assert cpd("publish", course.path).output == (
        f"{SLUG}: 0 revisions, 0 ledger entries, 34 files unchanged.\n"
        "  exam.md: edited, but not in what learners see; left as published.\n"
    )


def test_publish_wants_a_reason_that_fits(cpd: Callable[..., Result], course: CourseFolder) -> None:
    assert cpd("publish", course.path, "--reason", " ").exit_code == 2
    refused = cpd("publish", course.path, "--reason", "x" * 401)
    assert "Write 1 to 400 characters." in refused.output


def test_publish_stops_at_faults(cpd: Callable[..., Result], course: CourseFolder) -> None:
    course.remove("exam.md")
    done = cpd("publish", course.path)
    assert done.exit_code == 1
    assert "The file is missing." in done.output
    assert "Nothing was published." in done.output


def test_publish_stops_at_a_rewritten_ledger(
    cpd: Callable[..., Result], course: CourseFolder
) -> None:
    cpd("publish", course.path)
    course.edit("ledger.yaml", "Abstract seen.", "All seen.")
    done = cpd("publish", course.path)
    assert done.exit_code == 1
    assert "ledger.yaml:7:" in done.output
    assert "Nothing of this course was published." in done.output


def test_export_writes_a_folder(
    cpd: Callable[..., Result], course: CourseFolder, tmp_path: Path
) -> None:
    cpd("publish", course.path)
    out = tmp_path / "out"
    assert cpd("export", SLUG, out).output == f"Wrote 36 files to {out / SLUG}.\n"
    assert check("--quiet", out / SLUG).exit_code == 0  # as it lies
    named = tmp_path / "named" / SLUG
    assert cpd("export", SLUG, named).output == f"Wrote 36 files to {named}.\n"
    assert (out / SLUG / "exam.md").read_bytes() == (course.path / "exam.md").read_bytes()
    refused = cpd("export", SLUG, out)
    assert refused.exit_code == 1
    assert "is not an empty folder" in refused.output


def test_check_without_folders_names_faults_of_the_providers_pages(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(folders, "LIBRARY", course.path.parent)
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "terms.md").write_text("You agree:\n- to this", encoding="utf-8")
    monkeypatch.setenv("CPD_PROVIDER_PAGES", str(pages))
    monkeypatch.setenv("CPD_INSTANCE", str(tmp_path))  # where no database is
    done = check("--quiet")
    assert done.exit_code == 1
    assert f"{pages}/terms.md:2: The item '- to this' would run into" in done.output
    assert "The provider's pages: 1 fault." in done.output
    assert check("--quiet", course.path).exit_code == 0, "a course is checked by itself"


def test_check_without_folders_looks_at_the_numbers_of_countries(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: MovedClock
) -> None:
    monkeypatch.setattr(folders, "LIBRARY", course.path.parent)
    monkeypatch.setenv("CPD_INSTANCE", str(tmp_path))
    countries = tmp_path / "countries"
    shutil.copytree(country_loading.FOLDER, countries)
    for name in ("find_country_faults", "find_stale_countries"):
        found = partial(getattr(content, name), folder=countries)
        monkeypatch.setattr(content, name, found)
    assert "were last seen" not in check().output
    clock.advance(days=1000)
    done = check()
    assert "warning: " in done.output
    assert "The numbers of New Zealand were last seen on 2026-11-30." in done.output
    assert done.exit_code == 0
    assert "The sources of American Massage Therapy Association were last read" in done.output
    (countries / "NZ.yaml").write_text("code: NZ\n", encoding="utf-8")
    authorities = tmp_path / "authorities"
    shutil.copytree(authority_loading.FOLDER, authorities)
    (authorities / "amta.yaml").write_text("slug: amta\n", encoding="utf-8")
    found = partial(authority_loading.find_authority_faults, folder=authorities)
    monkeypatch.setattr(content, "find_authority_faults", found)
    done = check("--quiet")
    assert f"{countries}/NZ.yaml:1: " in done.output
    assert f"{authorities}/amta.yaml:1: " in done.output
    assert "were last seen" not in done.output
    assert done.exit_code == 1


def test_checking_needs_no_database_and_no_settings(course: CourseFolder) -> None:
    program = (
        "import sys; from cpd.cli.content import command;"
        "command(['check', '--quiet', sys.argv[1]], standalone_mode=False);"
        "print('sqlalchemy' in sys.modules or 'flask' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(course.path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "."},
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
