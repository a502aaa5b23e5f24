"""When a saved text becomes a version of its own, and how texts from a browser are read."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

AUTOSAVES_JOINED_FOR = timedelta(minutes=10)
"""Autosaves of one person within this time are one version in the history."""


@dataclass(frozen=True)
class SavedText:
    """A text of a draft as it was saved."""

    editor: str
    """The subject of whoever saved it."""
    saved_at: datetime
    is_autosave: bool
    begun_at: datetime
    """When the first of the autosaves that it replaces was made."""

    def is_continued_by(self, other: "SavedText") -> bool:
        """Tell whether a later text replaces this one in the history."""
        return (
            self.is_autosave
            and self.editor == other.editor
            and other.saved_at - self.begun_at < AUTOSAVES_JOINED_FOR
        )


def clean_posted_text(text: str) -> str:
    """Return a text from a form as files have it: Unix line ends, one at the end, no BOM."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return f"{lines}\n" if lines and not lines.endswith("\n") else lines


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text: what an editor began with, and what a review is about."""
    return hashlib.sha256(text.encode()).hexdigest()
