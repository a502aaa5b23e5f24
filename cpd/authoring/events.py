"""What happened to drafts, for the rooms above."""

from dataclasses import dataclass

from cpd.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class DraftPublished(Event):
    """The text of a draft was published."""

    draft_id: int

    identified_by = ("draft_id",)
