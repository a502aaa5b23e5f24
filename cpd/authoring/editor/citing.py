"""Citing a source that was found: at the end of a text of the file, or in its list of sources."""

import re

from cpd.authoring.editor.answers import write_answers
from cpd.authoring.editor.field_tree import Control, Group, KnownNames, Question
from cpd.authoring.editor.form_pages import EditedFile
from cpd.authoring.editor.value_names import iterate_named_questions

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ENDS = (".", "!", "?")
_OWN_LIST = "references"


def list_places_to_cite(type_: str, tree: Group) -> list[tuple[str, str]]:
    """Return the names of the fields in which a source can be cited, each with its words.

    The list of sources comes first, and then the reasons, because a reason is what needs one.
    """
    named = [it for it in iterate_named_questions(type_, tree) if _can_cite(it[0])]
    ranked = sorted(named, key=lambda it: (it[0].key != _OWN_LIST, it[0].key != "rationale"))
    return [(question.name, words) for question, words in ranked]


def _can_cite(question: Question) -> bool:
    if question.key == _OWN_LIST:
        return question.is_writable
    return question.control is Control.MARKDOWN and question.is_writable and bool(question.text)


def cite_source(text: str, file: EditedFile, place: str, key: str) -> str | None:
    """Return the text of a file with a source cited at a place; None if there is no such place."""
    tree = file.build_tree(KnownNames())
    if not _KEY.fullmatch(key):
        return None
    found = (it for it in tree.iterate_questions() if it.name == place and _can_cite(it))
    question = next(found, None)
    if question is None:
        return None
    return write_answers(text, tree, {place: [_add_source(question, key)]}, file.schema).text


def _add_source(question: Question, key: str) -> str:
    if question.key == _OWN_LIST:
        return ", ".join(dict.fromkeys([*question.picked, key]))
    words = question.text.rstrip()
    if f"[@{key}]" in words:
        return question.text
    end = words[-1] if words.endswith(_ENDS) else ""
    return f"{words.removesuffix(end)} [@{key}]{end}"
