"""Which texts become versions, and how a posted text is read."""

from datetime import UTC, datetime, timedelta

import pytest

from cpd.authoring.drafts.rules.saving import AUTOSAVES_JOINED_FOR, SavedText, clean_posted_text

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def saved(
    editor: str = "ada", *, after: timedelta = timedelta(), is_autosave: bool = True
) -> SavedText:
    return SavedText(editor, NOON + after, is_autosave=is_autosave, begun_at=NOON)


SOON = timedelta(seconds=5)


@pytest.mark.parametrize(
    ("earlier", "later", "is_continued"),
    [
        pytest.param(saved(), saved(after=SOON), True, id="autosaves of one person"),
        pytest.param(saved(), saved(after=SOON, is_autosave=False), True, id="then Save"),
        pytest.param(saved(is_autosave=False), saved(after=SOON), False, id="after Save"),
        pytest.param(saved(), saved("ravi", after=SOON), False, id="of two people"),
        pytest.param(saved(), saved(after=AUTOSAVES_JOINED_FOR), False, id="much later"),
    ],
)
def test_which_text_replaces_the_one_before(
    earlier: SavedText, later: SavedText, *, is_continued: bool
) -> None:
    assert earlier.is_continued_by(later) is is_continued


@pytest.mark.parametrize(
    ("posted", "text"),
    [
        pytest.param("a\r\nb\r\n", "a\nb\n", id="line ends of a form"),
        pytest.param("a\rb", "a\nb\n", id="line ends of an old Mac, none at the end"),
        pytest.param("\ufeffa\n", "a\n", id="a byte order mark"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_posted_text_is_read_as_files_are_written(posted: str, text: str) -> None:
    assert clean_posted_text(posted) == text
