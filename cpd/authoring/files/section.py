"""sections/NN-<id>.md: one page of the course."""

from cpd.content.file_schema import FileModel, Line, Slug, Slugs, Title


class SectionFile(FileModel):
    """The front matter of a section; its body is the text to read."""

    id: Slug
    title: Title
    objectives: Slugs
    required: bool = True
    summary: Line
