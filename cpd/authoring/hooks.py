"""What this room asks of higher ones: what readers say of a text, and later what numbers say."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.joints.questions import Slot

workbench_panels: Slot[[Session, Actor], Markup] = Slot()
"""Parts of the page on which authors begin: remarks of readers, statistics of cases."""


@dataclass(frozen=True)
class FollowUp:
    """Something that a publication makes possible: where it is done, and the words for it."""

    url: str
    message: str


follow_ups_of_publication: Slot[[Session, Actor, Sequence[int]], Sequence[FollowUp]] = Slot()
"""What can be done once these drafts are published, such as answering the reader who wrote."""
