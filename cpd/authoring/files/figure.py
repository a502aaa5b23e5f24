"""figures/<id>.md, beside figures/<id>.svg: a picture, and all of it in words."""

from cpd.content.file_schema import FileModel, Line, Slug, Title


class FigureFile(FileModel):
    """The front matter of a figure; its body says in words what the picture shows."""

    id: Slug
    title: Title
    alt: Line
    """What one would say of it on the telephone: a sentence or two."""
