"""Writing a published course back to files."""

from pathlib import Path

from sqlalchemy.orm import Session

from cpd.authoring.publish import queries
from cpd.authoring.publish.outcomes import ExportRefusedError
from cpd.kernel import files as private_files
from cpd.kernel import raster
from cpd.media.queries import find_picture_files


def export_course_to_folder(session: Session, course: str, folder: Path) -> list[str]:
    """Write the newest revision of a course to files, byte for byte; returns their paths.

    Raises ExportRefusedError for an unknown course, and for a folder that is not empty.
    """
    revision = queries.find_newest_course_revision(session, course)
    if revision is None:
        raise ExportRefusedError(f"There is no course '{course}'. Check the name.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportRefusedError(f"{folder} is not an empty folder. Choose a new one.")
    texts = queries.find_published_files(session, revision)
    shown = find_picture_files(session, raster.find_mentioned_names(texts.values()))
    files = {**{path: text.encode() for path, text in texts.items()}, **shown}
    for path, content in sorted(files.items()):
        target = folder / path
        with private_files.create_private_folder(
            target.parent
        ):  # for its user only: it holds the exam's answers
            private_files.write_private_file(target, content)
    return sorted(files)
