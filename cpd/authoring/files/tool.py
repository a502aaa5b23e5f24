"""tools/<id>.md: a practice sheet of one printed page, or a table to search."""

from pydantic import Field

from cpd.content.file_schema import ADDED_LATER, FileModel, Line, Slug, Title


class ToolFile(FileModel):
    """The front matter of a tool; its body is the sheet."""

    id: Slug
    title: Title
    summary: Line
    open: bool = False
    """Whether it can be seen without an account."""
    searchable: bool = Field(default=False, json_schema_extra=ADDED_LATER)
    """Whether the rows of its tables can be searched by their first column."""
