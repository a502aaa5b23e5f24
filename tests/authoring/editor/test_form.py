"""The form of a draft: every value is a question, and each answer goes to its place in the text."""

import pytest
from flask import Flask

from cpd.authoring.editor.field_tree import Group, KnownNames, Question, keys_of_schema
from cpd.authoring.editor.form_pages import EditedFile, parse_edited_file
from cpd.authoring.editor.labels import has_wording
from cpd.authoring.sources.disk import shipped_course_folders
from tests.authoring.editor.test_editor import begin, save, text_of
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def draft(ada: Visitor) -> str:
    """The address of the draft of a case, whose form ada has open."""
    address = begin(ada)
    ada.get(address)
    return address


def send(visitor: Visitor, address: str, *changes: tuple[str, str], status: int = 303) -> str:
    """Change some answers on the form that the visitor has open, and save all."""
    return visitor.submit(list(changes), action=address, status=status).text


def press(visitor: Visitor, address: str, button: str) -> None:
    """Press a button that saves, and look at the page that it leads to."""
    visitor.get(address)
    send(visitor, address, ("act", button))
    visitor.follow()


def test_an_unchanged_form_changes_no_byte(app: Flask, ada: Visitor, draft: str) -> None:
    before = text_of(app, draft)
    send(ada, draft)
    assert text_of(app, draft) == before
    assert "Version 2" not in ada.get(f"{draft}/history").text


def test_only_the_lines_of_what_was_answered_change(app: Flask, ada: Visitor, draft: str) -> None:
    before = text_of(app, draft)
    send(
        ada,
        draft,
        ("f.title", "Leo: as usual"),
        ("f.steps.0.options.modify.basis", "house-rule"),
        ("f.steps.0.options.postpone.leads_to", "end"),
        ("f.steps.0.also.modify", "It is as good.\n\nHe says so."),
        ("body", "Leo, 36.\n\n**Plan:** 60 minutes."),
    )
    head, _, _ = before.partition("\n---\n")
    modify = head.index("      modify:")
    basis = head.index("basis: expert-caution", modify)
    head = head[:basis] + "basis: house-rule" + head[basis + len("basis: expert-caution") :]
    same_day = head.index("      same_day:")
    head = head[:same_day] + "        leads_to: end\n" + head[same_day:]
    head = head.replace("title: Leo as usual", 'title: "Leo: as usual"').replace(
        "    key: proceed\n",
        "    key: proceed\n    also:\n      modify: |-\n        It is as good.\n\n        He says so.\n",
    )
    assert text_of(app, draft) == f"{head}\n---\nLeo, 36.\n\n**Plan:** 60 minutes.\n"
    ada.get(draft)
    send(ada, draft, ("f.steps.0.also.modify", ""), ("f.steps.0.options.postpone.leads_to", ""))
    assert "also:" not in text_of(app, draft)
    assert "leads_to" not in text_of(app, draft)


def test_steps_and_answers_are_added_moved_and_removed(
    app: Flask, ada: Visitor, draft: str
) -> None:
    before = text_of(app, draft)
    press(ada, draft, "add:steps:single")
    press(ada, draft, "add:steps.1.options:item")
    press(ada, draft, "add:steps.1.options:item")
    assert (
        "  - id: new-1\n    kind: single\n    options:\n      - id: new-1\n      - id: new-2\n"
        in (text_of(app, draft))
    )
    press(ada, draft, "down:steps.1.options.0")
    press(ada, draft, "up:steps.1")
    assert "steps:\n  - id: new-1\n    kind: single\n    options:\n      - id: new-2\n" in (
        text_of(app, draft)
    )
    press(ada, draft, "remove:steps.0")
    assert text_of(app, draft) == before
    ada.get(draft)
    send(ada, draft, ("act", "up:steps.0"), status=400)


def test_what_does_not_fit_is_kept_and_explained_at_its_field(
    app: Flask, ada: Visitor, draft: str
) -> None:
    send(ada, draft, ("f.position", "soon"), ("f.steps.0.prompt", ""))
    assert "position: soon\n" in text_of(app, draft)
    ada.get(draft)
    assert "Write a whole number." in checks_on(ada, "f-position")
    assert "This must be one line of text." in checks_on(ada, "f-steps-0-prompt")
    page = send(ada, draft, ("f.title", "a\x07b"), ("f.position", "3"), status=422)
    assert "Remove" in page
    assert "position: 3\n" in text_of(app, draft)  # the others are saved


def checks_on(visitor: Visitor, field: str) -> str:
    (box,) = [it for it in visitor.page.all("div") if it.get("id") == f"{field}-checks"]
    return "".join(box.itertext())


@on_sqlite
def test_a_fault_of_the_case_stands_at_its_step(app: Flask, ada: Visitor, draft: str) -> None:
    assert "Every path is safe to score." in ada.page.text
    send(ada, draft, ("f.steps.0.options.emergency.leads_to", "nowhere"))
    page = ada.get(draft).text
    assert "Dead end: this leads to step nowhere" in page
    assert "Not every path is safe to score yet." in page
    assert "leads to nowhere, which does not exist" in page


def test_of_two_forms_the_second_shows_both_texts(
    app: Flask, ada: Visitor, ines: Visitor, draft: str
) -> None:
    ines.get(draft)
    send(ada, draft, ("f.title", "Hers"))
    both = send(ines, draft, ("f.title", "Mine"), ("act", "add:steps:single"), status=409)
    assert "title: Hers" in both
    assert "title: Mine" in both
    assert "title: Hers" in text_of(app, draft)


@on_sqlite
def test_the_form_saves_while_somebody_writes(app: Flask, ada: Visitor, draft: str) -> None:
    form = next(one for one in ada.page.forms if one.action.endswith(draft))
    fields = [(name, value) for name, value in form.fields if name != "csrf_token"]
    changed = [(name, "Leo again" if name == "f.title" else value) for name, value in fields]
    told = ada.post(f"{draft}/answers", changed, status=200).json
    assert "title: Leo again" in told["text"]
    assert told["text"] == text_of(app, draft)
    later = {"text": told["text"], "begun_with": told["begun_with"], "f.title": "Leo"}
    assert ada.post(f"{draft}/answers", later, status=200).json["clock"]
    stale = ada.post(f"{draft}/answers", later | {"f.title": "Lea"}, status=409).json
    assert "Someone else" in stale["message"]
    wrong = ada.post(f"{draft}/answers", later | {"f.title": "\x07"}, status=422).json
    assert "Remove" in wrong["message"]


@on_sqlite
def test_a_source_is_found_by_its_words(ada: Visitor, draft: str) -> None:
    send(ada, draft, ("act", "find"), ("words", "BRAND 2022"))
    assert "[@brand-2022]" in ada.follow().text
    assert "No source of this course" in ada.get(f"{draft}?words=nobody").text


@on_sqlite
def test_a_text_without_readable_keys_is_edited_as_text(
    app: Flask, ada: Visitor, draft: str
) -> None:
    ada.get(f"{draft}/text")
    save(ada, draft, "No keys.\n")
    assert ada.get(draft, status=302).location == f"{draft}/text"
    del app


@on_sqlite
def test_what_the_page_does_not_ask_is_refused(ada: Visitor, draft: str) -> None:
    sent = {"text": "---\nid: a\n---\n", "begun_with": "", "f.nothing": "x"}
    ada.post(draft, sent, status=400)


# Every schema has words, and every shipped file survives its form


def shipped_files() -> list[EditedFile]:
    found = []
    for folder in shipped_course_folders():
        for path in sorted(folder.rglob("*.md")):
            file = parse_edited_file(path.relative_to(folder).as_posix(), path.read_text())
            assert isinstance(file, EditedFile)
            found.append(file)
    return found


def parts_of(group: Group) -> list[Question | Group]:
    return [one for one in [*group.iterate_groups(), *group.iterate_questions()] if one != group]


def test_every_question_has_words_of_its_own() -> None:
    named = {
        (file.type_, part)
        for file in shipped_files()[::5]
        for part in parts_of(file.build_tree(KnownNames()))
        if part.path and not isinstance(part.path[-1], int)
        if not has_wording(file.type_, part)
    }
    assert {(type_, part.path) for type_, part in named if is_asked_for(part)} == set()


def is_asked_for(part: Question | Group) -> bool:
    """Objectives are named by their own ids, and decisions by their own words."""
    return "per_objective" not in part.path[:-1]
