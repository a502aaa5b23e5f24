import pytest

from cpd.authoring.files import texts
from cpd.authoring.files.texts import Texts, extract_markdown_by_path
from cpd.authoring.sources import disk as folders
from cpd.authoring.sources.disk import shipped_course_folders
from cpd.authoring.sources.loading import clear_course_caches, load_course_files, load_course_folder
from cpd.content import render
from cpd.content.document import Rendered
from cpd.content.picture import Picture
from cpd.db import is_in_unit_of_work
from tests.support.courses import SMALL, CourseFolder


def test_the_tiny_course_is_sound() -> None:
    loaded = load_course_folder(SMALL)
    assert loaded.faults == []
    assert loaded.is_sound
    bundle = loaded.bundle
    assert bundle is not None
    assert [len(one) for one in (bundle.sections, bundle.hazards, bundle.tools)] == [2, 3, 2]
    assert len(bundle.cases_in_pool("exam")) >= 14
    assert sum(case.file.red_flag for case in bundle.cases_in_pool("exam")) >= 5
    assert len(bundle.cases_in_pool("practice")) == 4
    kinds = {step.kind for case in bundle.cases for step in case.file.steps}
    assert kinds == {"decision", "single", "multiple"}
    assert set(bundle.built) == {case.slug for case in bundle.cases}


def test_shipped_courses_are_sound() -> None:
    folders = shipped_course_folders()
    assert folders
    for folder in folders:
        assert [str(fault) for fault in load_course_folder(folder).faults] == []


def test_parts_stand_in_the_order_of_the_course(small: CourseFolder) -> None:
    small.edit("course.md", "sections: [noticing, adapting]", "sections: [adapting, noticing]")
    small.write("sections/03-noticing.md", small.read("sections/01-noticing.md"))
    small.remove("sections/01-noticing.md")
    bundle = small.bundle()
    assert [section.slug for section in bundle.sections] == ["adapting", "noticing"]
    practice = [case.slug for case in bundle.cases_in_pool("practice")]
    assert practice == ["sami-red-back", "tess-room", "quinn-dizzy", "rosa-stumbles"]
    exam = [case.slug for case in bundle.cases_in_pool("exam")]
    assert exam == sorted(exam)
    assert next(bundle.parts).type == "exam"
    assert next(bundle.course_and_parts) is bundle.course
    assert bundle.section_or_none("noticing") is bundle.sections[1]
    assert bundle.section_or_none("nowhere") is None


def test_the_newest_entry_of_the_ledger_says_the_status(small: CourseFolder) -> None:
    assert small.bundle().reference_status("keller-2019") == "checked"
    assert small.bundle().reference_status("ortiz-2021") == "unchecked"
    small.write(
        "ledger.yaml",
        small.read("ledger.yaml")
        + "- {on: 2026-02-01, by: Ada, type: status, of: reference:keller-2019,"
        " status: superseded}\n",
    )
    assert small.bundle().reference_status("keller-2019") == "superseded"


@pytest.mark.parametrize("file", ["course.md", "exam.md"])
def test_a_missing_file_is_named(small: CourseFolder, file: str) -> None:
    small.remove(file)
    loaded = small.load()
    assert loaded.bundle is None
    assert not loaded.is_sound
    assert small.faults() == [(file, 1, "The file is missing.")]


def test_faults_of_keys_are_named_even_where_the_course_is_missing(small: CourseFolder) -> None:
    small.remove("course.md")
    small.edit("cases/jan-sunburn.md", " [@ortiz-2021]", "")
    assert [file for file, _, _ in small.faults()] == ["cases/jan-sunburn.md", "course.md"]


@pytest.mark.parametrize(
    "file", ["notes.txt", "cases/deep/a.md", "cases/a.txt", "pictures/a.md", "readme.md"]
)
def test_a_file_that_belongs_nowhere_is_named(small: CourseFolder, file: str) -> None:
    small.write(file, "x")
    assert small.faults() == [(file, 1, "This file is not part of a course.")]


def test_hidden_files_are_left_alone(small: CourseFolder) -> None:
    small.write(".DS_Store", "x")
    small.write(".git/config", "x")
    small.bundle()


def test_bytes_that_are_no_text_are_named(small: CourseFolder) -> None:
    (small.path / "tools" / "room-check.md").write_bytes(b"\xff")
    assert ("tools/room-check.md", 1, "The file is not UTF-8 text.") in small.faults()


def test_yaml_that_is_none_is_named(small: CourseFolder) -> None:
    small.write("ledger.yaml", "- [\n")
    small.write("tools/room-check.md", "---\na: [\n---\n")
    assert [(file, line) for file, line, _ in small.faults()] == [
        ("ledger.yaml", 1),
        ("tools/room-check.md", 2),
    ]


def test_one_broken_file_does_not_make_others_look_broken(small: CourseFolder) -> None:
    """Links to it, citations of it and the like are not judged."""
    for file, key in [
        ("hazards/heat-stroke.md", "rule"),
        ("references/keller-2019.md", "note"),
        ("sections/01-noticing.md", "summary"),
        ("tools/room-check.md", "summary"),
    ]:
        small.drop(file, key)
    assert [message for _, _, message in small.faults()] == [
        "'rule' is missing.",
        "'note' is missing.",
        "'summary' is missing.",
        "'summary' is missing.",
    ]


@pytest.mark.parametrize(
    ("file", "old", "says"),
    [
        ("cases/jan-sunburn.md", "id: jan-sunburn", "is called 'jan-sunburn'"),
        ("sections/01-noticing.md", "id: noticing", "the file is called 'noticing'"),
        ("course.md", "id: small-course", "the folder is called 'small-course'"),
    ],
)
def test_the_id_is_the_name_of_the_file(
    small: CourseFolder, file: str, old: str, says: str
) -> None:
    small.edit(file, old, "id: other")
    faults = [fault for fault in small.faults() if says in fault[2]]
    assert [(name, line) for name, line, _ in faults] == [(file, 2)]


@pytest.mark.parametrize("name", ["noticing", "1-noticing", "01_noticing"])
def test_the_file_of_a_section_begins_with_a_number(small: CourseFolder, name: str) -> None:
    small.write(f"sections/{name}.md", small.read("sections/01-noticing.md"))
    small.remove("sections/01-noticing.md")
    message = "The file name of a section begins with a number of two digits and a hyphen."
    assert small.faults() == [(f"sections/{name}.md", 1, message)]


def test_what_the_renderer_finds_has_its_line(small: CourseFolder) -> None:
    body = small.edit("sections/01-noticing.md", "Most clients", "[x](/admin) Most clients")
    rationale = small.edit(
        "cases/nico-room.md", "It takes heat out of the room.", "It [@Takes] heat out."
    )
    assert [(file, line) for file, line, _ in small.faults()] == [
        ("cases/nico-room.md", rationale),
        ("sections/01-noticing.md", body),
    ]


LOST = [
    "\n\nBefore:\n- wash\n",
    "\n\n| a | b |\n|---|---|\n| 1 | 2 | three |\n",
    "\n\nRest.[^1]\n",
    "\n\n!!! caution\nRest.\n",
]


@pytest.mark.parametrize("text", LOST)
@pytest.mark.parametrize(
    "file",
    [
        *("course.md", "exam.md", "glossary.md", "sections/01-noticing.md", "tools/room-check.md"),
        *("cases/nico-room.md", "hazards/sunburn.md", "figures/cool-down.md"),
    ],
)
def test_text_that_would_be_lost_is_named_in_every_file(
    small: CourseFolder, file: str, text: str
) -> None:
    small.write(file, small.read(file).rstrip("\n") + text)
    ((named, line, _),) = small.faults()
    assert named == file
    assert line == len(small.read(file).splitlines())


@pytest.mark.parametrize("key", ["rationale", "facts"])
def test_text_that_would_be_lost_is_named_in_the_values_of_a_case(
    small: CourseFolder, key: str
) -> None:
    old = f"{key}: "
    file = next(
        f"cases/{case.slug}.md"
        for case in small.bundle().cases
        if old in small.read(f"cases/{case.slug}.md")
    )
    text = small.read(file)
    pad = " " * (len(text.partition(old)[0].rpartition("\n")[2]) + 2)
    first = text.index(old)
    end = text.index("\n", first) + 1
    while text[end:].startswith(pad):
        end = text.index("\n", end) + 1
    inside = f"{old}|\n{pad}Before:\n{pad}- wash\n{pad}- dry\n"
    small.write(file, text[:first] + inside + text[end:])
    said = [line for _, line, message in small.faults() if "- wash" in message]
    assert said == [small.line(file, "- wash")]


def test_a_comment_behind_a_value_is_named(small: CourseFolder) -> None:
    line = small.edit("hazards/sunburn.md", "burnt skin alone.", "burnt skin alone #unless told.")
    assert small.faults() == [
        ("hazards/sunburn.md", line, "'#unless told.' would be left out: # begins a comment here.")
    ]


def test_a_figure_is_a_picture_and_its_words(small: CourseFolder) -> None:
    (figure,) = small.bundle().figures
    svg = small.read("figures/cool-down.svg")
    assert figure.picture == Picture(svg, 340, 60)
    assert figure.revision_data["svg"] == svg
    before = figure.content_hash
    small.edit("figures/cool-down.svg", "3 Shade", "3 Shadow")
    assert small.bundle().figures[0].content_hash != before
    small.edit("figures/cool-down.svg", "<rect", "<script/><rect")
    assert [(file, line) for file, line, _ in small.faults()] == [("figures/cool-down.svg", 11)]
    small.path.joinpath("figures/cool-down.svg").write_bytes(b"\xff")
    assert [message for _, _, message in small.faults()] == ["The file is not UTF-8 text."]
    small.remove("figures/cool-down.svg")
    assert small.faults() == [("figures/cool-down.md", 2, "The figure has no picture.")]
    small.remove("figures/cool-down.md")
    small.write("figures/other.svg", svg)
    small.edit("sections/01-noticing.md", "![](figure:cool-down)\n\n", "")
    assert small.faults() == [("figures/other.svg", 1, "Nothing describes this picture.")]


def test_all_markdown_of_a_folder_goes_to_the_renderer_in_one_batch(
    small: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_course_caches()
    batches: list[int] = []

    def count(documents: list[str]) -> list[Rendered]:
        batches.append(len(documents))
        return render.render_markdown(documents)

    monkeypatch.setattr(texts, "render_markdown", count)
    small.load()
    assert len(batches) == 1
    assert batches[0] > 100


def test_loading_asks_for_no_write_transaction(
    small: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_course_caches()

    def check(documents: list[str]) -> list[Rendered]:
        assert not is_in_unit_of_work()
        return render.render_markdown(documents)

    monkeypatch.setattr(texts, "render_markdown", check)
    small.bundle()


def test_files_from_anywhere_are_read_as_a_folder_is(small: CourseFolder) -> None:
    files = folders.read_folder_files(small.path)
    assert load_course_files(files).bundle == load_course_folder(small.path).bundle
    assert load_course_files(files, name="another").faults[0].message == (
        "The id is 'small-course', but the folder is called 'another'."
    )
    del files["exam.md"]
    assert [(one.file, one.line) for one in load_course_files(files).faults] == [("exam.md", 1)]


def test_only_what_is_not_known_is_rendered(
    small: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = small.bundle()
    known = {part.content_hash: Texts(part.body, part.texts) for part in whole.course_and_parts}
    small.edit("cases/nico-room.md", "second warm towel", "second, warmer towel")
    now = small.bundle()
    (edited,) = [case for case in now.cases if case.slug == "nico-room"]
    clear_course_caches()
    documents: list[str] = []

    def count(batch: list[str]) -> list[Rendered]:
        documents.extend(batch)
        return render.render_markdown(batch)

    monkeypatch.setattr(texts, "render_markdown", count)
    loaded = load_course_folder(small.path, stored_texts=lambda _hashes: known)
    assert loaded.is_sound
    assert loaded.bundle == now
    assert documents == list(
        extract_markdown_by_path("case", edited.source.data, edited.source.body).values()
    )


def test_files_are_read_and_rendered_once_in_a_process(
    small: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = small.bundle()
    small.edit("cases/nico-room.md", "second warm towel", "second, drier towel")
    documents: list[str] = []

    def count(batch: list[str]) -> list[Rendered]:
        documents.extend(batch)
        return render.render_markdown(batch)

    monkeypatch.setattr(texts, "render_markdown", count)
    after = small.bundle()
    changed = [new for new, old in zip(after.parts, before.parts, strict=True) if new is not old]
    assert [part.name for part in changed] == ["case:nico-room"]
    assert documents == list(
        extract_markdown_by_path("case", changed[0].source.data, changed[0].source.body).values()
    )


def test_what_the_renderer_gave_up_on_is_not_remembered(
    small: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Perhaps the machine was busy: the next time it may be rendered."""
    small.edit("tools/room-check.md", "summary: ", "summary: Once more, ")
    monkeypatch.setattr(
        texts, "render_markdown", lambda batch: [Rendered(was_stopped=True) for _ in batch]
    )
    assert small.load().bundle is not None
    monkeypatch.undo()
    assert next(one for one in small.bundle().tools if one.slug == "room-check").body.html
