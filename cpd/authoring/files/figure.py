"""figures/<id>.md beside figures/<id>.svg: a picture, and its full description in words."""

from cpd.content.file_schema import FileModel, Line, Slug, Title


class FigureFile(FileModel):
    """The front matter of a figure; its body describes what the picture shows."""

    id: Slug
    title: Title
    alt: Line
    """A description of a sentence or two, as if on the phone."""
