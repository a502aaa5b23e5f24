"""A copy of the small course in which every field that takes words holds hostile ones."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path as FilePath

from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.authoring.editor.field_tree import MISSING, Control, Question
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.publish.actions import publish_course
from cpd.authoring.sources.loading import load_course_folder
from cpd.content.file_schema import MAX_TITLE
from cpd.db import unit_of_work
from cpd.kernel import clock
from tests.content.hostile import PAYLOADS
from tests.factories.courses import FOLDER
from tests.support.fields import ShippedFile, answer_one_question, read_forms

ATTACK = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>"
    "<img src=//off.example/a.png> ![x](//off.example/b.png)"
)
"""What runs or asks elsewhere as soon as a page that lets it through is open."""
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f]")
_WORDS = (Control.MARKDOWN, Control.LINE, Control.ITEMS)
_LEFT_ALONE = ("name", "url", "doi", "pmid", "pmcid", "language")
"""Fields whose words are checked for their form; drafts hold anything in them."""


def iterate_payloads() -> Iterator[str]:
    """Yield what is hostile, again and again."""
    return cycle([one for one in PAYLOADS if not _UNWRITABLE.search(one)])


def make_hostile(file: ShippedFile, payloads: Iterator[str], *, is_draft: bool) -> str:
    """Return the text of a file with hostile words in its fields; in a draft, in all of them."""
    text = file.text
    for question in file.questions:
        if question.value is MISSING or not (is_draft or _takes_any_words(question)):
            continue
        payload = next(one for one in payloads if is_draft or not one.startswith("[@"))
        attack = _build_attack(question, payload)
        if question.key != "kind" and attack:
            done = answer_one_question(_with_text(file, text), question, attack)
            assert done.errors == {}
            text = done.text
    return text


def _with_text(file: ShippedFile, text: str) -> ShippedFile:
    return ShippedFile(file.path, file.file, text, file.known)


def _takes_any_words(question: Question) -> bool:
    is_title = str(question.key).startswith("title")
    return (question.control in _WORDS or is_title) and question.key not in _LEFT_ALONE


def _build_attack(question: Question, payload: str) -> str:
    """Return the answer with an attack behind it, in a form that the field can send."""
    if question.control is Control.MARKDOWN:
        return f"{question.text}\n\n{payload}\n\n{ATTACK}"
    line = f"{question.text} {ATTACK} {' '.join(payload.split())}"
    return line[:MAX_TITLE] if str(question.key).startswith("title") else line


def write_hostile_course(folder: FilePath) -> FilePath:
    """Write the course."""
    copy = folder / FOLDER.name
    shutil.copytree(FOLDER, copy)
    payloads = iterate_payloads()
    for file in read_forms(FOLDER):
        (copy / file.path).write_text(make_hostile(file, payloads, is_draft=False))
    return copy


def publish_in_spite_of_faults(app: Flask, folder: FilePath) -> Bundle:
    """Publish what the checks would refuse: HTML in Markdown is a fault, before it is harmless."""
    bundle = load_course_folder(folder).bundle
    assert bundle is not None
    assert len(bundle.built) == len(bundle.cases)
    with app.app_context(), unit_of_work() as session:
        sound = replace(bundle, faults=())
        publish_course(session, sound, actor=SYSTEM, now=clock.now(), reason=ATTACK)
    return bundle
