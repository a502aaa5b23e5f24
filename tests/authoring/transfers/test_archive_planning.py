"""Archives of a course: what comes in is what went out, byte for byte."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cpd.authoring.sources.archive_writing import pack_archive
from cpd.authoring.transfers.archive_planning import plan_archive
from cpd.authoring.transfers.plans import FileState

KEYS = """---
id: {slug}
title: A title
authors: null
source: A journal
year: null
url: https://example.org/
type: trial
note: What it found.
---
"""
BODIES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=40
)
FILES = st.dictionaries(st.sampled_from(["a", "b", "brand-2022"]), BODIES, min_size=1).map(
    lambda bodies: {
        f"references/{slug}.md": f"{KEYS.format(slug=slug)}{body}\n"
        for slug, body in bodies.items()
    }
)


@settings(max_examples=40)
@given(FILES, st.sampled_from(["", "small-course/", "Any Folder/"]))
def test_import_export_and_import_are_byte_equal(files: dict[str, str], folder: str) -> None:
    raw = pack_archive({folder + path: text.encode() for path, text in files.items()})
    first = plan_archive(raw, {}, course="small-course")
    assert not first.faults
    assert {file.path: file.text for file in first.files} == files
    out = pack_archive({folder + file.path: file.text.encode() for file in first.files})
    assert out == raw
    again = plan_archive(out, files, course="small-course")
    assert {file.state for file in again.files} == {FileState.UNCHANGED}


def test_the_digest_is_of_what_would_be_written_over_what() -> None:
    files = {"references/a.md": f"{KEYS.format(slug='a')}Text.\n"}
    raw = pack_archive({path: text.encode() for path, text in files.items()})
    digests = [
        plan_archive(raw, now, course="small-course").digest
        for now in ({}, {"references/a.md": "Old.\n"}, {"references/a.md": "Older.\n"}, {"x": "y"})
    ]
    assert digests[3] == digests[0]
    assert len(set(digests)) == 3
