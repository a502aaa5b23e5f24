"""What the shipped courses publish stays as it was: content hashes, fronts and keys.

`tests/library/shipped.json` was written by the code that first published them. Signatures in the
ledger name these hashes, and attempts are graded by these keys.
"""

import json

import pytest

from cpd.authoring.sources.disk import shipped_course_folders
from cpd.courses.models import DocumentType
from scripts.shipped import LIST, Listed, hash_published_documents
from tests.factories import courses


def differences(before: Listed, now: Listed) -> list[str]:
    """Return what differs of each document whose source is as it was."""
    return [
        f"{name}: {what}"
        for name, hashes in before.items()
        if name in now and now[name]["source"] == hashes["source"]
        for what in sorted(hashes.keys() | now[name].keys())
        if now[name].get(what) != hashes.get(what)
    ]


def missing(found: Listed) -> set[DocumentType]:
    """Return the types of document of which the list has none."""
    types = {name.split("/")[1].split(":")[0] for name in found}
    return {one for one in DocumentType if one.value not in types}


@pytest.fixture(scope="module")
def before() -> Listed:
    """The list, as it was written."""
    found: Listed = json.loads(LIST.read_text())
    return found


@pytest.fixture(scope="module")
def now() -> Listed:
    """The same, made by the code as it is."""
    found: Listed = {}
    for folder in shipped_course_folders():
        found |= hash_published_documents(courses.bundle(folder))
    return found


def test_what_was_published_once_would_be_published_again(before: Listed, now: Listed) -> None:
    assert differences(before, now) == []


def test_the_list_has_documents_of_every_type_and_keys(before: Listed) -> None:
    assert missing(before) == set()
    assert all(("key" in one) == ("/case:" in name) for name, one in before.items())


def test_control_a_hash_that_changed_is_found_and_an_edited_source_is_not(
    before: Listed, now: Listed
) -> None:
    name = next(name for name in before if "/case:" in name)
    changed = {**before, name: {**before[name], "key": "0" * 64, "front": "0" * 64}}
    assert differences(changed, now) == [f"{name}: front", f"{name}: key"]
    edited = {**changed, name: {**changed[name], "source": "0" * 64}}
    assert differences(edited, now) == []
    assert missing({name: before[name]}) == set(DocumentType) - {DocumentType.CASE}
