"""lists/<id>.md: the signs of one safety topic, written once and included wherever they stand."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from cpd.content.file_schema import FileModel, Line, Slug, Slugs, Title, build_schema_error


class ListedSign(FileModel):
    """One sign."""

    sign: Line
    """The full wording, which fits after a colon."""
    short: Line | None = None
    """The wording for sheets; the full one if it is short enough."""
    cites: Slugs = Field(default_factory=list)
    """References that pages of text cite after the sign."""

    @property
    def short_wording(self) -> str:
        """The sign in as few words as there are."""
        return self.short or self.sign

    @property
    def markdown(self) -> str:
        """The sign in a page of text, with its citations."""
        keys = "; ".join(f"@{key}" for key in self.cites)
        return f"{self.sign} [{keys}]" if keys else self.sign


def _refuse_no_signs(signs: list[ListedSign]) -> list[ListedSign]:
    if not signs:
        raise build_schema_error("There is no sign.", "List at least one, or remove the file.")
    return signs


class SignListFile(FileModel):
    """The front matter of a list of signs; it has no body."""

    id: Slug
    title: Title
    decision: Literal["same_day", "emergency"]
    """What each of the signs calls for."""
    family_of_flags: list[Line]
    """Rows of the red-flag table that the list covers; used for counting and never shown."""
    references: Slugs
    """What the list is based on; a card that includes it names these, too."""
    say: Line | None = None
    """What to say on the phone."""
    signs: Annotated[list[ListedSign], AfterValidator(_refuse_no_signs)]

    @property
    def short_wordings(self) -> str:
        """The signs in one line of a sheet."""
        return "; ".join(sign.short_wording for sign in self.signs)

    def format_as_part_of_sentence(self, *, with_citations: bool) -> str:
        """Return the signs as they stand within a sentence."""
        *others, last = (sign.markdown if with_citations else sign.sign for sign in self.signs)
        return "; ".join([*others, f"or {last}" if others else last])
