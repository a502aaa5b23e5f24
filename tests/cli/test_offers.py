"""A release and an edition of one's own: the start, `cpd content offers` and `cpd content take`."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.authoring.publish import actions, ledger_recording, queries
from cpd.authoring.publish import offers as offering
from cpd.authoring.publish.outcomes import PublishRefusedError
from cpd.authoring.publish.releases import Release
from cpd.authoring.sources import disk as folders
from cpd.authoring.sources.loading import Loaded, load_course_folder
from cpd.certificates.queries import find_course_version_status
from cpd.cli import content, main, offers, serve
from cpd.courses.models import Channel, CourseRow
from cpd.courses.rules.ledger import Series
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories import courses
from tests.support.courses import CourseFolder

SLUG = "another-course"
ROSA, LEO = "cases/rosa-stumbles.md", "cases/leo-as-usual.md"
SECTION = "sections/01-noticing.md"
ENTRY = "- {on: 2026-02-01, by: Ada, type: status, of: reference:ortiz-2021, status: checked}\n"
LATER = ENTRY.replace("02-01", "02-03").replace("checked", "superseded")
RETRACTED = ENTRY.replace("ortiz-2021", "heat-board").replace("checked", "retracted")

Cpd = Callable[..., str]
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the two above have tried on both databases."""


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CourseFolder:
    """The one course that is shipped."""
    monkeypatch.setattr(folders, "LIBRARY", tmp_path / "library")
    return CourseFolder(tmp_path / "library", SLUG)


@pytest.fixture
def edition(tmp_path: Path) -> CourseFolder:
    """The same course in a folder of one's own."""
    return CourseFolder(tmp_path / "own", SLUG)


@pytest.fixture
def cpd(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Cpd:
    """Runs `cpd content ...`, and what a start does of it, on this test's app."""
    monkeypatch.setattr(main, "create_app_or_exit", lambda: app)

    def run(*arguments: object, status: int = 0) -> str:
        done = CliRunner().invoke(content.command, [str(one) for one in arguments])
        assert done.exit_code == status, done.output
        return done.output

    return run


@pytest.fixture
def start(app: Flask, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Does with the library what `cpd serve` does, and returns what it said."""

    def run() -> str:
        capsys.readouterr()
        with app.app_context():
            serve.publish_shipped_courses()
        return capsys.readouterr().out

    return run


def here(app: Flask, slug: str = SLUG) -> dict[str, str]:
    with app.app_context():
        revision = queries.find_newest_course_revision(db.session(), slug)
        assert revision is not None
        return queries.find_published_files(db.session(), revision)


def channel(app: Flask, slug: str = SLUG) -> Channel | None:
    with app.app_context():
        return db.session.scalar(sa.select(CourseRow.channel).where(CourseRow.slug == slug))


def ledger(app: Flask, series: Series = Series.SHIPPED) -> str:
    with app.app_context():
        return queries.build_ledger_text(queries.find_ledger_entries(db.session(), SLUG, series))


Start = Callable[[], str]


def edit_here(cpd: Cpd, edition: CourseFolder) -> None:
    edition.edit(ROSA, "Rosa, 55", "Rosa, 56")
    cpd("publish", edition.path)


def test_an_edition_that_was_published_here_stays(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    assert "34 revisions" in start()
    assert (channel(app), start()) == (Channel.SHIPPED, "")
    edit_here(cpd, edition)
    assert channel(app) is Channel.LOCAL
    assert start() == "", "the release offers nothing new"
    assert "Rosa, 56" in here(app)[ROSA]
    release.edit(LEO, "id: leo-as-usual", "# a comment\nid: leo-as-usual")
    assert start() == "", "nor does a comment that nobody sees"
    release.edit(SECTION, "Most clients", "Nearly all clients")
    told = start()
    assert "edited here, so left as it is. The release changed 1 file." in told
    assert f"See: cpd content offers {SLUG}" in told
    assert "Most clients" in here(app)[SECTION]
    assert cpd("publish") == told, "nor does the command without folders"


@on_sqlite
def test_an_edition_that_is_published_while_a_start_reads_stays(
    app: Flask,
    release: CourseFolder,
    edition: CourseFolder,
    cpd: Cpd,
    start: Start,
    capsys: pytest.CaptureFixture[str],
) -> None:
    start()
    release.edit(SECTION, "Most clients", "Nearly all clients")
    with app.app_context():
        read = offers.load_releases_to_publish()
        edit_here(cpd, edition)
        offers.publish_releases(read)
    assert "another version was published just now, and was kept" in capsys.readouterr().out
    assert "Rosa, 56" in here(app)[ROSA]


def test_what_is_offered_is_shown_and_taken_file_by_file(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    start()
    edit_here(cpd, edition)
    release.edit(ROSA, "Rosa, 55", "Rosa, 57")
    release.edit(SECTION, "Most clients", "Nearly all clients")
    release.edit("figures/cool-down.svg", "2 Water", "2 Tea")
    release.write("ledger.yaml", release.read("ledger.yaml") + ENTRY)
    release.remove(LEO)
    listed = cpd("offers")
    assert f"  {LEO}: removed from the release, untouched here\n" in listed
    assert f"  {ROSA}: changed in both; taking it discards the changes made here\n" in listed
    for path in (SECTION, "figures/cool-down.md", "ledger.yaml"):
        assert f"  {path}: changed in the release, untouched here\n" in listed
    assert f"cpd content take {SLUG} FILE... (or --all)" in listed
    assert "@@" not in listed
    shown = cpd("offers", SLUG)
    for line in (f"+++ here/{ROSA}", f"+++ release/{ROSA}", "-Most", "+Nearly", "+- {on: 2026-02"):
        assert f"    {line}" in shown
    took = cpd("take", SLUG, SECTION, LEO, "figures/cool-down.svg", "ledger.yaml")
    assert took == f"{SLUG}: 3 revisions, 1 ledger entries, 30 files unchanged.\n"
    now = here(app)
    assert LEO not in now
    assert "Nearly all clients" in now[SECTION]
    assert "2 Tea" in now["figures/cool-down.svg"]
    assert "Rosa, 56" in now[ROSA]
    assert now["ledger.yaml"].endswith(ENTRY)
    assert channel(app) is Channel.LOCAL
    assert cpd("offers").count("  ") == 1, "the conflict is left"
    release.edit(SECTION, "Nearly all clients", "Very many clients")
    assert f"  {SECTION}: changed in the release, untouched here\n" in cpd("offers"), (
        "its base is what was taken last"
    )


def test_a_retraction_of_a_release_reaches_an_edition_at_once(
    app: Flask,
    release: CourseFolder,
    edition: CourseFolder,
    cpd: Cpd,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is only newly checked, or about a document that the edition lacks, stays an offer."""
    start()
    edit_here(cpd, edition)
    before = ledger(app)
    absent = RETRACTED.replace("heat-board", "not-here")
    release.write("ledger.yaml", release.read("ledger.yaml") + ENTRY + RETRACTED + absent)
    with monkeypatch.context() as without:
        without.setattr(offers, "record_release_warnings", lambda: None)
        start()
        assert ledger(app) == before, "control: nobody would be warned"
    assert "1 retraction or withdrawal of this release are now in its ledger" in start()
    assert ledger(app) == before + RETRACTED
    assert channel(app) is Channel.LOCAL
    assert "Rosa, 56" in here(app)[ROSA]
    assert "retraction" not in start(), "once is enough"
    assert "  ledger.yaml: changed in the release, untouched here\n" in cpd("offers")


@on_sqlite
@pytest.mark.parametrize("is_noted", [True, False], ids=["noted", "control"])
def test_what_was_changed_here_as_in_a_release_is_no_conflict_in_the_next(
    release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start,
    monkeypatch: pytest.MonkeyPatch, *, is_noted: bool,
) -> None:  # fmt: skip
    start()
    if not is_noted:
        monkeypatch.setattr(
            offering, "find_unrecorded_release_revisions", lambda _session, _release: []
        )
    edition.edit(SECTION, "Most clients", "Nearly all clients")
    edition.edit(LEO, "id: leo-as-usual", "# a comment\nid: leo-as-usual")
    edition.edit(LEO, "Leo", "Leonard")
    edit_here(cpd, edition)
    release.edit(SECTION, "Most clients", "Nearly all clients")
    release.edit(LEO, "Leo", "Leonard")
    assert start() == "", "the same stands here"
    release.edit(SECTION, "Nearly all clients", "Very many clients")
    release.edit(LEO, "Leonard", "Leopold")
    said = "untouched here" if is_noted else "changed in both"
    lines = [line for line in cpd("offers").splitlines() if line.startswith("  ")]
    assert [line.split(":")[0].strip() for line in lines] == [LEO, SECTION]
    assert all(said in line for line in lines)


@pytest.mark.parametrize("is_noted", [True, False], ids=["noted", "control"])
def test_a_text_that_is_taken_where_the_same_stands_is_the_base_of_the_next_release(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start,
    monkeypatch: pytest.MonkeyPatch, *, is_noted: bool,
) -> None:  # fmt: skip
    start()
    if not is_noted:
        monkeypatch.setattr(
            actions, "record_release_texts_as_base", lambda _session, _revisions: None
        )
    edition.edit(SECTION, "Most clients", "Nearly all clients")
    edit_here(cpd, edition)
    release.edit(SECTION, "Most clients", "Nearly all clients")
    assert "0 revisions" in cpd("take", SLUG, SECTION)
    release.edit(SECTION, "Nearly all clients", "Very many clients")
    assert ("untouched here" in cpd("offers")) is is_noted
    assert "Very many" not in here(app)[SECTION]


@on_sqlite
def test_of_two_hosts_that_warn_at_once_the_second_records_nothing(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    start()
    edit_here(cpd, edition)
    other = RETRACTED.replace("02-01", "02-02")
    with app.app_context():
        stale = ledger(app) + RETRACTED
        with unit_of_work() as session:
            actions.record_release_warnings(
                session, SLUG, ledger(app) + other, actor=SYSTEM, now=clock.now()
            )
        with pytest.raises(ledger_recording.LedgerRewrittenError), unit_of_work() as session:
            actions.record_release_warnings(session, SLUG, stale, actor=SYSTEM, now=clock.now())
    assert ledger(app).endswith(other)


@on_sqlite
def test_a_withdrawal_of_the_release_reaches_those_who_took_that_version(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    start()
    with app.app_context():
        shipped = queries.find_newest_course_revision(db.session(), SLUG)
        assert shipped is not None
        assert find_course_version_status(db.session(), shipped).stop is None
    edit_here(cpd, edition)
    withdrawn = (
        f"- {{on: 2026-02-01, by: Ada, type: withdrawal, of: course:{SLUG}, "
        f"hash: {shipped.content_hash}}}\n"
    )
    release.write("ledger.yaml", release.read("ledger.yaml") + withdrawn)
    assert "1 retraction or withdrawal" in start()
    with app.app_context():
        own = queries.find_newest_course_revision(db.session(), SLUG)
        assert own is not None
        stop = find_course_version_status(db.session(), shipped).stop
        assert stop is not None
        assert stop.is_final
        assert find_course_version_status(db.session(), own).stop is None, "another text"


@on_sqlite
def test_taking_everything_leads_back_to_what_ships(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    start()
    edition.remove(LEO)
    edition.write("ledger-here.yaml", ENTRY)
    edit_here(cpd, edition)
    assert "follows its releases from now on" in cpd("take", SLUG, "--all")
    assert channel(app) is Channel.SHIPPED
    assert "Rosa, 55" in here(app)[ROSA]
    assert LEO in here(app)
    assert ledger(app, Series.HERE) == ENTRY, "what was learnt here stays"
    release.edit(SECTION, "Most clients", "Nearly all clients")
    assert "2 revisions" in start()
    assert cpd("offers") == "There is nothing to take.\n"


@on_sqlite
def test_a_part_that_does_not_fit_is_not_published(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    start()
    edit_here(cpd, edition)
    release.write("references/new-2026.md", release.read("references/ortiz-2021.md").replace(
        "ortiz-2021", "new-2026"
    ))  # fmt: skip
    release.edit(SECTION, "Most clients", "Most clients [@new-2026]")
    before = here(app)
    refused = cpd("take", SLUG, SECTION, status=1)
    assert "new-2026" in refused
    assert "Nothing was published." in refused
    assert here(app) == before
    assert "2 ledger" not in cpd("take", SLUG, SECTION, "references/new-2026.md")
    assert "[@new-2026]" in here(app)[SECTION]


@on_sqlite
def test_what_cannot_be_taken_is_said(
    release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    start()
    edit_here(cpd, edition)
    assert "has cases/nobody.md" in cpd("take", SLUG, "cases/nobody.md", status=1)
    assert "Name files" in cpd("take", SLUG, status=2)
    assert "Name files" in cpd("take", SLUG, ROSA, "--all", status=2)
    assert f"does not ship 'elsewhere'. It ships: {SLUG}." in cpd(
        "take", "elsewhere", "--all", status=1
    )


@on_sqlite
def test_a_shipped_name_that_is_taken_is_offered_under_another(
    app: Flask, edition: CourseFolder, cpd: Cpd, start: Start, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(folders, "LIBRARY", tmp_path / "library")
    edition.edit("course.md", "title: Massage on a hot day", "title: Our own")
    cpd("publish", edition.path)
    release = CourseFolder(tmp_path / "library", SLUG)
    told = start()
    assert f"{SLUG}: one of your own courses has this name." in told
    assert f"is available as {SLUG}-2." in told
    assert "title: Our own" in here(app)["course.md"]
    assert channel(app, f"{SLUG}-2") is None
    assert f"  {ROSA}: new in the release\n" in cpd("offers")
    assert "34 revisions" in cpd("take", f"{SLUG}-2", "--all")
    assert f"id: {SLUG}-2\n" in here(app, f"{SLUG}-2")["course.md"]
    assert start() == ""
    release.edit(SECTION, "Most clients", "Nearly all clients")
    assert f"{SLUG}-2: 2 revisions" in start(), "it follows its releases under that name"
    assert "Most clients" in here(app)[SECTION]


@on_sqlite
def test_a_name_of_another_owner_is_said_and_another_offered(
    app: Flask, edition: CourseFolder, cpd: Cpd
) -> None:
    cpd("publish", edition.path)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.update(CourseRow).values(owner="sch_1"))
    edition.edit(ROSA, "Rosa, 55", "Rosa, 56")
    refused = cpd("publish", edition.path, status=1)
    assert f"'{SLUG}' belongs to another owner here" in refused
    assert f"'{SLUG}-2', which is free" in refused
    assert "Rosa, 55" in here(app)[ROSA]


@on_sqlite
def test_control_a_start_that_follows_every_course_reverts_the_edition(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    start()
    edit_here(cpd, edition)
    monkeypatch.setattr(Release, "does_course_follow_release", property(lambda _: True))
    assert "2 revisions" in start()
    assert "Rosa, 55" in here(app)[ROSA]
    assert release.path.is_dir()


@on_sqlite
def test_what_was_published_since_is_not_taken_over(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    start()
    edit_here(cpd, edition)
    release.edit(SECTION, "Most clients", "Nearly all clients")
    load = offers._load_course_from_texts

    def meanwhile(texts: Mapping[str, str], course: str) -> Loaded:
        edition.edit(ROSA, "Rosa, 56", "Rosa, 58")
        bundle = edition.bundle()
        with unit_of_work() as session:
            actions.publish_course(
                session, bundle, actor=SYSTEM, now=clock.now(), reason="Meanwhile."
            )
        return load(texts, course)

    monkeypatch.setattr(offers, "_load_course_from_texts", meanwhile)
    assert "published this course just now" in cpd("take", SLUG, SECTION, status=1)
    assert "Rosa, 58" in here(app)[ROSA]
    assert "Most clients" in here(app)[SECTION]


# The ledger


def test_a_ledger_that_is_longer_here_stops_no_start(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    start()
    edition.write("ledger.yaml", edition.read("ledger.yaml") + ENTRY)
    cpd("publish", edition.path)
    assert channel(app) is Channel.SHIPPED, "what was learnt is no text of one's own"
    told = start()
    assert "has entries that this release does not ship" in told
    assert "revisions" not in told
    release.write("ledger.yaml", release.read("ledger.yaml") + LATER)
    assert "0 revisions, 1 ledger entries" in start()
    assert ledger(app) == edition.read("ledger.yaml") + LATER


@on_sqlite
def test_control_a_ledger_that_is_not_joined_stops_the_start(
    release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    start()
    edition.write("ledger.yaml", edition.read("ledger.yaml") + ENTRY)
    cpd("publish", edition.path)
    assert release.path.is_dir()
    for module in (ledger_recording, offering):
        monkeypatch.setattr(module, "merge_ledger_texts", lambda _recorded, shipped: shipped)
    with pytest.raises(PublishRefusedError, match="was changed or removed"):
        start()


@on_sqlite
def test_a_line_that_a_release_rewrote_stops_no_start(
    app: Flask, release: CourseFolder, start: Start
) -> None:
    start()
    recorded = ledger(app)
    release.edit("ledger.yaml", "status: unchecked", "status: superseded")
    told = start()
    assert "words differently. They stay as recorded" in told
    assert "0 revisions, 1 ledger entries" in told
    assert ledger(app).startswith(recorded)
    assert ledger(app).count("status: superseded") == 1
    assert "ledger entries" not in start()


@on_sqlite
def test_entries_of_this_site_are_no_reason_to_publish(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    start()
    edition.write("ledger-here.yaml", ENTRY)
    assert "1 ledger entries" in cpd("publish", edition.path)
    assert ledger(app, Series.HERE) == ENTRY
    assert (start(), channel(app)) == ("", Channel.SHIPPED)
    assert release.path.is_dir()


@on_sqlite
def test_a_source_that_was_retracted_here_stops_no_start(
    app: Flask, release: CourseFolder, edition: CourseFolder, cpd: Cpd, start: Start
) -> None:
    """The release's text still rests on it, and was checked without knowing."""
    start()
    with app.app_context(), unit_of_work() as session:
        courses.add_entry(
            session, "reference:heat-board", "status", slug=SLUG, status="retracted", text=RETRACTED
        )
    release.edit(SECTION, "Most clients", "Nearly all clients")
    assert f"{SLUG}: 2 revisions" in start()
    edition.edit(ROSA, "Rosa, 55", "Rosa, 56")
    bundle = edition.bundle()  # as it was checked before the source was retracted
    with app.app_context(), unit_of_work() as session:
        actions.publish_course(session, bundle, actor=SYSTEM, now=clock.now(), reason="An edition.")
    release.edit(LEO, "Leo", "Leonard")
    assert "whose status is retracted" in cpd("take", SLUG, LEO, status=1), (
        "who takes a part is told"
    )
    assert "follows its releases" in cpd("take", SLUG, "--all")


@on_sqlite
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "control"])
def test_a_folder_that_rests_on_what_was_retracted_here_is_refused(
    app: Flask, edition: CourseFolder, cpd: Cpd, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    cpd("publish", edition.path)
    with app.app_context(), unit_of_work() as session:
        courses.add_entry(
            session, "reference:heat-board", "status", slug=SLUG, status="retracted", text=RETRACTED
        )
    if not is_known:
        monkeypatch.setattr(content, "_load_folder_with_ledger_of_site", load_course_folder)
    edition.edit(LEO, "Leo", "Leonard")
    told = cpd("publish", edition.path, status=int(is_known))
    assert ("whose status is retracted" in told) is is_known
    assert ("Leonard" in here(app)[LEO]) is not is_known
    assert ledger(app, Series.HERE) == RETRACTED


@on_sqlite
def test_a_release_without_a_ledger_stops_no_start(
    app: Flask, release: CourseFolder, start: Start
) -> None:
    start()
    recorded = ledger(app)
    release.remove("ledger.yaml")
    assert "revisions" not in start()
    release.edit(SECTION, "Most clients", "Nearly all clients")
    assert f"{SLUG}: 2 revisions" in start()
    assert ledger(app) == recorded
