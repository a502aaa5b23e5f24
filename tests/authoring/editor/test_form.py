"""The form of a draft: every value is a question, and each answer goes to its place in the text."""

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as properties
from hypothesis import strategies as st

from cpd.authoring.editor import answers
from cpd.authoring.editor.answers import write_answers
from cpd.authoring.editor.citing import cite_source
from cpd.authoring.editor.field_tree import Control, Group, KnownNames, Question, join_lines
from cpd.authoring.editor.form_pages import EditedFile, parse_edited_file
from cpd.authoring.editor.labels import find_wording, has_wording
from cpd.cases.labels import DECISIONS
from cpd.cases.scales import Decision
from cpd.content.frontmatter import FrontMatter, parse_front_matter
from tests.authoring.editor.test_editor import begin, save, text_of
from tests.support.fields import shipped_files
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

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
    assert "Saved text 2" not in ada.get(f"{draft}/history").text


def test_only_the_lines_of_what_was_answered_change(app: Flask, ada: Visitor, draft: str) -> None:
    before = text_of(app, draft)
    send(
        ada,
        draft,
        ("f.title", "Leo: as usual"),
        ("f.steps.0.options.modify.basis", "house-rule"),
        ("f.steps.0.options.postpone.leads_to", "decide"),
        ("f.steps.0.also.modify", "It is as good.\n\nHe says so."),
        ("body", "Leo, 36.\n\n**Plan:** 60 minutes."),
    )
    head, _, _ = before.partition("\n---\n")
    modify = head.index("      modify:")
    basis = head.index("basis: expert-caution", modify)
    head = head[:basis] + "basis: house-rule" + head[basis + len("basis: expert-caution") :]
    same_day = head.index("      same_day:")
    head = head[:same_day] + "        leads_to: decide\n" + head[same_day:]
    head = head.replace("title: Leo as usual", 'title: "Leo: as usual"').replace(
        "    key: proceed\n",
        "    key: proceed\n    also:\n      modify: |-\n"
        "        It is as good.\n\n        He says so.\n",
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
    added = text_of(app, draft)
    unsupported = "        basis: expert-caution\n        reviewer: awaiting review\n"
    assert (
        "  - id: step-2\n    kind: single\n    options:\n"
        f"      - id: answer-1\n        correct: true\n{unsupported}"
        f"      - id: answer-2\n        correct: false\n{unsupported}"
        f"      - id: answer-3\n        correct: false\n{unsupported}"
    ) in added
    assert added.count("leads_to: step-2\n") == len(Decision)  # each answer ended the case before
    press(ada, draft, "down:steps.1.options.0")
    press(ada, draft, "up:steps.1")
    assert "steps:\n  - id: step-2\n    kind: single\n    options:\n      - id: answer-2\n" in (
        text_of(app, draft)
    )
    press(ada, draft, "remove:steps.0")
    assert "step-2" not in text_of(app, draft)
    ada.get(draft)
    send(ada, draft, ("act", "up:steps.0"), status=400)
    press(ada, draft, "add:steps:decision")
    press(ada, draft, "remove:steps.1")
    assert text_of(app, draft) == before


def test_a_removed_step_is_led_past(app: Flask, ada: Visitor, draft: str) -> None:
    for kind in ("multiple", "single"):
        press(ada, draft, f"add:steps:{kind}")
    assert text_of(app, draft).count("leads_to: step-2\n") == len(Decision)
    assert "    leads_to: step-3\n" in text_of(app, draft)
    press(ada, draft, "remove:steps.1")
    assert text_of(app, draft).count("leads_to: step-3\n") == len(Decision)
    ada.get(draft)
    send(ada, draft, ("f.steps.1.options.0.leads_to", "step-3"))
    press(ada, draft, "remove:steps.0")
    assert text_of(app, draft).count("leads_to") == 1  # of what led to itself, nothing is changed


def test_what_does_not_fit_is_kept_and_explained_at_its_field(
    app: Flask, ada: Visitor, draft: str
) -> None:
    send(ada, draft, ("f.position", "soon"), ("f.steps.0.prompt", ""))
    assert "position: soon\n" in text_of(app, draft)
    ada.get(draft)
    assert "Write a whole number" in checks_on(ada, "f-position")
    assert "This must be one line of text." in checks_on(ada, "f-steps-0-prompt")
    page = send(ada, draft, ("f.title", "a\x07b"), ("f.position", "3"), status=422)
    assert "Remove" in page
    assert "position: 3\n" in text_of(app, draft)  # the others are saved


@on_sqlite
def test_what_the_checks_found_is_listed_with_its_places(ada: Visitor, draft: str) -> None:
    send(ada, draft, ("f.steps.0.options.modify.rationale", ""), ("f.position", "soon"))
    page = ada.get(draft)
    assert "The checks found 2 things." in page.text
    links = page.page.links()
    assert links["Its place in the section"] == "#f-position"
    assert links["Change the plan: The reason, for the learner"] == (
        "#f-steps-0-options-modify-rationale"
    )


def checks_on(visitor: Visitor, field: str) -> str:
    (box,) = [it for it in visitor.page.all("div") if it.get("id") == f"{field}-checks"]
    return "".join(box.itertext())


@on_sqlite
def test_a_fault_of_the_case_stands_at_its_step(app: Flask, ada: Visitor, draft: str) -> None:
    assert "Every path through the case can be scored." in ada.page.text
    send(ada, draft, ("f.steps.0.options.emergency.leads_to", "nowhere"))
    page = ada.get(draft).text
    assert "Dead end: this leads to step nowhere" in page
    assert "Not every path through the case can be scored yet." in page
    assert "leads to nowhere, which does not exist" in page
    assert "Path: step 1: Emergency" in page
    assert "leads_to" not in page  # the form speaks of what it asks


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
    assert "No source in this course" in ada.get(f"{draft}?words=nobody").text


@on_sqlite
def test_a_save_leads_where_its_button_says(app: Flask, ada: Visitor, draft: str) -> None:
    for act, page in (("preview", "preview"), ("review", "review")):
        ada.get(draft)
        send(ada, draft, ("act", act), ("f.title", f"Leo in the {act}"))
        assert f"title: Leo in the {act}\n" in text_of(app, draft)
        assert ada.follow().path == f"{draft}/{page}"


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


@on_sqlite
def test_a_case_is_shown_as_learners_see_it(ada: Visitor, draft: str) -> None:
    page = ada.get(f"{draft}/preview").text
    assert "Leo, 36, comes in the morning cool." in page
    assert "Stop, call the emergency number, stay with them" in page
    assert "Nothing speaks against the plan." in page  # after the answer
    ada.get(draft)
    send(ada, draft, ("f.steps.0.options.emergency.leads_to", "nowhere"))
    assert "This case cannot be shown yet" in ada.get(f"{draft}/preview").text
    ada.get(draft)
    send(ada, draft, ("f.position", "soon"))
    assert "it has faults" in ada.get(f"{draft}/preview").text


# Every schema has words, and every answer is read again


def answers_on(tree: Group) -> dict[str, list[str]]:
    return {question.name: [question.text] for question in tree.iterate_questions()}


def parts_of(tree: Group) -> list[Question | Group]:
    return [*tree.iterate_groups(), *tree.iterate_questions()]


def test_every_question_has_words_of_its_own() -> None:
    unnamed = {
        part.path
        for file in [shipped.file for shipped in shipped_files()[::5]]
        for tree in [file.build_tree(KnownNames())]
        for part in parts_of(tree)
        if part.path and not isinstance(part.path[-1], int)  # items are named by their ids
        and "per_objective" not in part.path[:-1]  # and so are objectives
        and not has_wording(file.type_, part)
    }  # fmt: skip
    assert unnamed == set()


def test_what_stands_under_a_decision_is_asked_for_by_that_decision() -> None:
    card = next(one for one in shipped_files() if one.file.type_ == "hazard")
    labels = [
        str(find_wording("hazard", one).label)
        for one in card.file.build_tree(KnownNames()).iterate_questions()
        if one.path[:1] == ("signs",)
    ]
    assert labels == [str(label.words) for label in DECISIONS.values()]


def test_what_is_too_much_for_one_save_stays_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    text, file = CASE_FILE
    tree = file.build_tree(KnownNames())
    sent = answers_on(tree)
    for name in ("f.title", "f.family", "f.author"):
        sent[name] = ["changed"]
    assert write_answers(text, tree, sent, file.schema).errors == {}
    monkeypatch.setattr(answers, "MOST_CHANGES", 2)
    done = write_answers(text, tree, sent, file.schema)
    assert list(done.errors) == ["f.author"]
    assert "title: changed\n" in done.text


@properties(max_examples=25)
@given(st.data())
def test_whatever_is_written_is_read_again(data: st.DataObject) -> None:
    text, file = CASE_FILE
    tree = file.build_tree(KnownNames())
    texts = [
        one
        for one in tree.iterate_questions()
        if one.control in (Control.MARKDOWN, Control.LINE, Control.SHORT)
    ]
    chosen = data.draw(st.lists(st.sampled_from(texts), max_size=4, unique_by=lambda one: one.name))
    sent = {one.name: [data.draw(WORDS)] for one in chosen}
    done = write_answers(text, tree, sent, file.schema)
    again = parse_front_matter("", done.text)
    assert isinstance(again, FrontMatter)
    read = replace(file, front=again).build_tree(KnownNames())
    shown = {question.name: question for question in read.iterate_questions()}
    for question in chosen:
        written, now = sent[question.name][0], shown[question.name]
        if question.control is Control.MARKDOWN:
            assert now.text == written.rstrip("\n")
        else:
            assert now.text == (join_lines(written) or (now.text if now.default else ""))
    untouched = answers_on(tree).keys() - sent.keys()
    assert all(shown[name].text == answers_on(tree)[name][0] for name in untouched)
    assert write_answers(done.text, read, answers_on(read), file.schema).text == done.text


WORDS = st.text(st.sampled_from("aé“:#-|>'\"{}[]!&*%@`,?\\ \t\n0.12"), max_size=30)
CASE_FILE = next((one.text, one.file) for one in shipped_files() if one.file.type_ == "case")


@on_sqlite
def test_a_save_needs_few_queries_and_the_page_no_more_with_more_to_ask(
    app: Flask, ada: Visitor, draft: str
) -> None:
    with asked(app) as saving:
        send(ada, draft, ("f.title", "Leo again"))
    assert len(saving) <= 6
    with asked(app) as short:
        ada.get(draft)
    send(ada, draft, ("act", "add:steps:single"))
    with asked(app) as longer:
        ada.get(draft)
    assert len(longer) <= len(short)


def test_a_source_that_was_found_is_cited_where_it_is_needed(
    app: Flask, ada: Visitor, draft: str
) -> None:
    send(ada, draft, ("act", "find"), ("words", "brand"))
    ada.follow()
    ada.submit(
        [
            ("cite_in", "f.steps.0.options.proceed.rationale"),
            ("act", "cite:brand-2022"),
            ("f.title", "Leo again"),
        ],
        action=draft,
    )
    assert "rationale: Right. Nothing speaks against the plan [@brand-2022]." in text_of(app, draft)
    assert "title: Leo again" in text_of(app, draft)
    before = text_of(app, draft)
    ada.get(draft)
    send(ada, draft, ("act", "cite:brand-2022"), status=422)
    assert "Choose the text in which the source is cited." in ada.page.text
    assert text_of(app, draft) == before


@pytest.mark.parametrize(
    ("place", "written"),
    [("f.references", "references: [ilie-2017, brand-2022]"), ("body", "[@brand-2022]")],
)
def test_a_source_goes_into_a_list_or_behind_a_sentence(place: str, written: str) -> None:
    text = """---
id: heat
references: [ilie-2017]
---
Stop.
"""
    file = parse_edited_file("hazards/heat.md", text)
    assert isinstance(file, EditedFile)
    cited = cite_source(text, file, place, "brand-2022") or ""
    assert written in cited
    again = parse_edited_file("hazards/heat.md", cited)
    assert isinstance(again, EditedFile)
    assert cite_source(cited, again, place, "brand-2022") == cited
    assert cite_source(text, file, place, "no key") is None
    assert cite_source(text, file, "f.id", "brand-2022") is None
