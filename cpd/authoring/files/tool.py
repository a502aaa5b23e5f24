"""tools/<id>.md: a practice sheet of one printed page."""

from cpd.content.file_schema import FileModel, Line, Slug, Title


class ToolFile(FileModel):
    """The front matter of a tool; its body is the sheet."""

    id: Slug
    title: Title
    summary: Line
    open: bool = False
    """Whether it can be seen without an account."""
