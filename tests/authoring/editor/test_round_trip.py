"""From text to form and back: an untouched form changes no byte, and an answer only its own lines.

`make soak` does with every field of every shipped file what is done here with one of each kind.
"""

from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as properties
from hypothesis import strategies as st

from cpd.authoring.editor.field_tree import Control, KnownNames
from cpd.authoring.editor.form_pages import EditedFile, parse_edited_file
from cpd.content.frontmatter import Fault
from tests.authoring.editor.test_editor import CASE, begin, text_of
from tests.support.fields import (
    ShippedFile,
    answer_one_question,
    check_answer,
    check_lines,
    check_unchanged,
    describe_field,
    other_answers,
    shipped_files,
)
from tests.support.odd_files import write_odd_case
from tests.support.visitor import Visitor

KNOWN = KnownNames({"leads_to": {"step-0": "", "end": ""}, "hazards": {"heat": "", "cold": ""}})
CHANCE = st.randoms(use_true_random=True)


def test_every_shipped_file_is_the_same_after_a_save() -> None:
    for shipped in shipped_files():
        check_unchanged(shipped)


def test_one_field_of_each_kind_changes_alone() -> None:
    seen = set()
    for shipped in sorted(shipped_files(), key=lambda one: len(one.text)):
        for question in shipped.questions:
            if (kind := describe_field(shipped, question)) not in seen:
                seen.add(kind)
                for answer in other_answers(question):
                    check_answer(shipped, question, answer)
    assert {control for _type, control, *_ in seen} == set(Control)


def test_control_a_change_of_another_line_is_seen() -> None:
    shipped = next(one for one in shipped_files() if one.path.startswith("cases/"))
    title, author = ("title",), shipped.file.front.data["author"]
    check_lines(shipped, title, shipped.text.replace("title: ", "title: Still "))
    with pytest.raises(AssertionError):
        check_lines(shipped, title, shipped.text.replace(f"author: {author}", "author: me"))


def open_odd_case(chance: Random) -> ShippedFile:
    text = write_odd_case(chance)
    file = parse_edited_file("cases/odd-case.md", text)
    assert isinstance(file, EditedFile)
    return ShippedFile("cases/odd-case.md", file, text, KNOWN)


@properties(max_examples=25)
@given(CHANCE)
def test_however_a_case_is_written_its_form_changes_no_byte(chance: Random) -> None:
    check_unchanged(open_odd_case(chance))


@properties(max_examples=15)
@given(CHANCE)
def test_however_a_case_is_written_an_answer_changes_its_own_lines(chance: Random) -> None:
    shipped = open_odd_case(chance)
    for question in chance.sample(shipped.questions, 3):
        for answer in other_answers(question):
            if holds_something_else(shipped, question.path):
                refused = answer_one_question(shipped, question, answer)
                assert refused.text == shipped.text
                assert all("something else here" in one for one in refused.errors.values())
            else:
                check_answer(shipped, question, answer)


def holds_something_else(shipped: ShippedFile, path: tuple[str | int, ...]) -> bool:
    """Tell whether the file has a list where the form asks for keys, or the other way round."""
    value: object = shipped.file.front.data
    for part in path:
        if value in (None, [], {}):
            return False
        if not isinstance(value, list if isinstance(part, int) else dict):
            return True
        held: Any = value
        try:
            value = held[part]
        except LookupError:
            return False
    return False


def test_what_was_written_for_another_kind_of_step_is_not_replaced() -> None:
    """An author who changes the kind in the text sees fields that the file does not answer yet."""
    text = "---\nid: a\nsteps:\n  - id: b\n    kind: decision\n    options:\n      - id: c\n---\n"
    file = parse_edited_file("cases/a.md", text)
    assert isinstance(file, EditedFile)
    shipped = ShippedFile("cases/a.md", file, text, KNOWN)
    basis = next(one for one in shipped.questions if one.name == "f.steps.0.options.modify.basis")
    done = answer_one_question(shipped, basis, "evidence")
    assert done.text == text
    assert "which would be lost" in done.errors[basis.name]


@pytest.mark.parametrize("keys", ["title: &a b", "title: *a", "title: !tag b", "\ttitle: b"])
def test_what_front_matter_refuses_has_no_form(keys: str) -> None:
    assert isinstance(parse_edited_file("cases/a.md", f"---\nid: a\n{keys}\n---\n"), Fault)


CHANGES = {
    "course.md": {
        "f.language": ["en-US"],
        "f.summary": ["Two short sections: heat, and what follows."],
        "f.subject": ["Client safety\r\nAdapting treatment\r\nHeat"],
        "f.review_by": ["2027-02-03"],
        "body": ["After this course, you can.\r\n\r\n**Nobody** has signed it.\r\n"],
    },
    "exam.md": {"f.pass_mark": ["2/3"], "f.grace_seconds": ["90"]},
    "hazards/sunburn.md": {"f.basis": ["guideline"], "f.references": ["ortiz-2021, heat-board"]},
    CASE: {
        "f.hazards": ["heat-stroke", "fainting"],
        "f.family": ["leo-too"],
        "f.red_flag": ["yes"],
    },
}
"""What somebody sends for one field of each kind, by file."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_kind_of_field_goes_through_the_pages(app: Flask, ada: Visitor) -> None:
    seen = set()
    for path, changes in CHANGES.items():
        draft = begin(ada, path)
        before = read_draft(path, text_of(app, draft))
        ada.get(draft)
        ada.submit({}, action=draft, status=303)
        assert text_of(app, draft) == before.text
        for name, sent in changes.items():
            now = read_draft(path, text_of(app, draft))
            question = next(one for one in now.questions if one.name == name)
            seen.add(question.control)
            ada.get(draft)
            ada.submit([(name, one) for one in sent], action=draft, status=303)
            changed = text_of(app, draft)
            assert changed != now.text
            check_lines(now, question.path, changed)
    assert seen == set(Control)


def read_draft(path: str, text: str) -> ShippedFile:
    file = parse_edited_file(path, text)
    assert isinstance(file, EditedFile)
    return ShippedFile(path, file, text, KNOWN)
