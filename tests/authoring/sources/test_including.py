"""Lists of signs stand in the files that include them, in their hashes and in revisions."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.texts import BODY
from cpd.authoring.publish import actions, exporting, queries, rerendering
from cpd.authoring.publish.models import Source
from cpd.courses.models import Document, Revision
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.support.courses import CourseFolder

LIST = """\
---
id: collapse
title: When somebody collapses
decision: emergency
family_of_flags: [H9]
references: [ortiz-2021]
say: “collapse”, and the time
signs:
  - sign: a face gone white as chalk
    short: white face
  - sign: speech that has become a mumble
    cites: [keller-2019]
  - sign: knees that buckle
---
"""
ITEMS = """\
- a face gone white as chalk
- speech that has become a mumble [@keller-2019]
- knees that buckle
"""
SENTENCE = (
    "a face gone white as chalk; speech that has become a mumble [@keller-2019]; "
    "or knees that buckle"
)
IN_ONE_LINE = '    - "With burns: [signs:collapse]"\n'
SHORT = "white face; speech that has become a mumble; knees that buckle"


@pytest.fixture
def listed(small: CourseFolder) -> CourseFolder:
    """The tiny course with a list that a section, a card and a sheet include."""
    small.write("lists/collapse.md", LIST)
    small.edit("sections/01-noticing.md", "![](figure:cool-down)", "![](list:collapse)")
    small.edit("sections/02-adapting.md", "\n---\n", "\n---\nAlso with [signs:collapse].\n\n")
    small.edit("hazards/fainting.md", "signs:\n", "signs:\n  emergency:\n    - list:collapse\n")
    small.edit("hazards/sunburn.md", "signs:\n", f"signs:\n  emergency:\n{IN_ONE_LINE}")
    small.edit("hazards/heat-stroke.md", "tell: Emergency", "tell: With [say:collapse]; emergency")
    small.edit("hazards/sunburn.md", "\n---\n", "\n---\n![](figure:cool-down)\n")
    append(small, "tools/heat-card.md", "\n| Sign | Do |\n|---|---|\n| [list:collapse] | Call |\n")
    append(small, "figures/cool-down.md", "\n> Call for:\n>\n> ![](list:collapse)\n")
    return small


def append(small: CourseFolder, file: str, text: str) -> None:
    small.write(file, small.read(file) + text)


def part(small: CourseFolder, name: str) -> CoursePart[Any]:
    return next(one for one in small.bundle().parts if one.name == name)


def hashes(small: CourseFolder) -> dict[str, str]:
    return {one.name: one.content_hash for one in small.bundle().parts}


def test_a_list_stands_where_it_is_included(listed: CourseFolder) -> None:
    assert f"\n{ITEMS}" in part(listed, "section:noticing").source.body
    assert f"Also with {SENTENCE}." in part(listed, "section:adapting").source.body
    assert f"| {SHORT} | Call |" in part(listed, "tool:heat-card").source.body
    quoted = "".join(f"> {line}\n" for line in ITEMS.splitlines())
    assert quoted in part(listed, "figure:cool-down").source.body
    assert part(listed, "section:noticing").body.html.count("<li>a face gone white") == 1
    assert part(listed, "section:noticing").text == listed.read("sections/01-noticing.md")


def test_a_card_has_a_line_for_each_sign_without_citations(listed: CourseFolder) -> None:
    cards = {card.slug: card.file for card in listed.bundle().hazards}
    assert cards["fainting"].signs["emergency"] == [
        "A face gone white as chalk",
        "Speech that has become a mumble",
        "Knees that buckle",
    ]
    assert cards["sunburn"].signs["emergency"] == [
        f"With burns: {SENTENCE.replace(' [@keller-2019]', '')}"
    ]
    assert "ortiz-2021" in cards["fainting"].references
    assert (
        cards["heat-stroke"].tell == "With “collapse”, and the time; emergency services, at once."
    )
    assert "ortiz-2021" not in cards["heat-stroke"].references


def test_a_changed_list_changes_what_includes_the_changed_words(listed: CourseFolder) -> None:
    before = hashes(listed)
    listed.edit("lists/collapse.md", "knees that buckle", "knees that give way")
    everywhere = {name for name, hash_ in hashes(listed).items() if hash_ != before[name]}
    assert everywhere == {
        *("list:collapse", "section:noticing", "section:adapting"),
        *("hazard:fainting", "hazard:sunburn", "tool:heat-card", "figure:cool-down"),
    }
    before = hashes(listed)
    listed.edit("lists/collapse.md", "short: white face", "short: pale face")
    on_sheets = {name for name, hash_ in hashes(listed).items() if hash_ != before[name]}
    assert on_sheets == {"list:collapse", "tool:heat-card"}
    before = hashes(listed)
    listed.edit("lists/collapse.md", "[H9]", "[H9, H10]")
    assert hashes(listed) == before


def test_an_include_has_the_hash_of_the_same_words_written_out(listed: CourseFolder) -> None:
    included = hashes(listed)["section:noticing"]
    listed.edit("sections/01-noticing.md", "![](list:collapse)\n", ITEMS)
    loaded = listed.load().bundle  # with the fault that it is written out
    assert loaded is not None
    section = loaded.section_or_none("noticing")
    assert section is not None
    assert section.content_hash == included


def test_a_card_with_an_empty_list_is_a_fault_of_the_list(small: CourseFolder) -> None:
    small.write("lists/collapse.md", LIST.partition("signs:")[0] + "signs: []\n---\n")
    assert small.faults() == [("lists/collapse.md", 8, "'signs': There is no sign.")]


def test_a_value_that_a_list_makes_impossible_is_a_fault(listed: CourseFolder) -> None:
    listed.edit("hazards/sunburn.md", "rule: Leave the burnt skin alone.", "rule: '[say:nothing]'")
    line = listed.line("hazards/sunburn.md", "rule:")
    assert listed.faults() == [
        ("hazards/sunburn.md", line, "'rule': This must be one line of text.")
    ]


def publish(app: Flask, small: CourseFolder) -> list[str]:
    bundle = small.bundle()
    with app.app_context(), unit_of_work() as session:
        report = actions.publish_course(
            session, bundle, actor=SYSTEM, now=clock.now(), reason="Lists."
        )
    return sorted(one.name for one in report.published)


def test_lists_are_published_exported_and_rendered_again(
    app: Flask, listed: CourseFolder, tmp_path: Path
) -> None:
    """Revisions hold the lists as they were; the files come back byte for byte."""
    listed.edit("course.md", "id: small-course", "id: another-course")
    moved = listed.path.rename(listed.path.parent / "another-course")
    listed.path = moved
    assert "list:collapse" in publish(app, listed)
    old = part(listed, "section:noticing")
    listed.edit("lists/collapse.md", "knees that buckle", "knees that give way")
    assert publish(app, listed) == [
        *("course:another-course", "figure:cool-down", "hazard:fainting", "hazard:sunburn"),
        *("list:collapse", "section:adapting", "section:noticing", "tool:heat-card"),
    ]
    with app.app_context():
        session = db.session()
        files = exporting.export_course_to_folder(session, "another-course", tmp_path / "out")
        assert "lists/collapse.md" in files
        for file in files:
            assert (tmp_path / "out" / file).read_bytes() == (moved / file).read_bytes()
        first = session.scalars(
            sa.select(Revision.id)
            .join(Revision.document)
            .join(Source, Source.revision_id == Revision.id)
            .where(Document.slug == "noticing", Revision.content_hash == old.content_hash)
        ).one()
        made = rerendering.render_revisions_without_storing(session, [first])[first]
        assert made.html == old.body.html
        assert "knees that buckle" in made.html
        newest = queries.find_newest_course_revision(session, "another-course")
        assert newest is not None
        assert queries.find_published_files(session, newest)["lists/collapse.md"] == listed.read(
            "lists/collapse.md"
        )


def test_control_a_source_without_its_lists_is_not_the_whole_text() -> None:
    text = "---\nid: a\n---\n![](list:collapse)\n"
    extracted = [
        rerendering._extract_markdown_of_source("section", "sections/01-a.md", text, stored)
        for stored in (None, ITEMS)
    ]
    assert extracted == [{BODY: "![](list:collapse)\n"}, {BODY: ITEMS}]
