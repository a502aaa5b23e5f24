"""Planning the import of an archive: which of its files belong to a course, and their faults."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from cpd.authoring.drafts.rules.saving import clean_posted_text
from cpd.authoring.sources.archive_reading import show_name, unpack_archive_or_faults
from cpd.authoring.sources.disk import LEDGERS
from cpd.authoring.sources.parsing import ParsedFiles, is_file_of_course
from cpd.authoring.transfers.plans import (
    Loss,
    Plan,
    PlanInProgress,
    PlannedFile,
    Texts,
    UploadFault,
)
from cpd.kernel import raster

_BY_COMPUTERS = {"__MACOSX", "Thumbs.db", "desktop.ini"}
"""What computers add to folders and archives."""
_COURSE, _WORKBOOK = "course.md", "[Content_Types].xml"
_ID = re.compile(r"^id: ([a-z0-9-]+)$", re.MULTILINE)


def plan_archive(raw: bytes, now: Texts, *, course: str, is_new_course: bool = False) -> Plan:
    """Plan the import of an archive into a course, or as a new one with this name.

    Without a name, a new course gets that of its own file.
    """
    unpacked = unpack_archive_or_faults(raw)
    if isinstance(unpacked, list):
        return Plan(faults=tuple(map(UploadFault.from_fault, unpacked)))
    plan = PlanInProgress()
    files = _choose_files(unpacked, plan)
    if is_new_course:
        files = _rename_course(files, course)
        course = course or find_course_name(files)
    parsed = ParsedFiles(course)
    for path, content in sorted(files.items()):
        if path in LEDGERS.values():
            _keep_out_ledger(path, content, now, plan)
            continue
        found = len(parsed.faults)
        parsed.parse_and_add_file(path, content)
        if raster.FILE.fullmatch(path):
            plan.pictures[path] = content  # named after its content, so it cannot differ
        elif len(parsed.faults) == found:
            plan.files.append(_plan_file(path, content.decode(), now, plan))
    if is_new_course:
        parsed.add_faults_of_missing_files(files)
    plan.faults.extend(map(UploadFault.from_fault, parsed.faults))
    if not (plan.files or plan.faults or plan.pictures):
        message, remedy = (
            "The archive has no file of a course.",
            "The guide says what they are called.",
        )
        plan.faults.append(UploadFault("", 0, 1, "", message, remedy))
    return replace(plan.finish(), course=course)


def find_course_name(files: Mapping[str, bytes]) -> str:
    """Return the name that a course gives itself; empty if it gives none."""
    found = _ID.search(files.get(_COURSE, b"").decode(errors="replace"))
    return found[1] if found else ""


def _choose_files(unpacked: dict[str, bytes], plan: PlanInProgress) -> dict[str, bytes]:
    """Return the files of the course, without the folder in which they lie; note the others."""
    if _WORKBOOK in unpacked:
        message, remedy = (
            "This is a workbook or a document.",
            "Save the table as CSV, and upload that.",
        )
        plan.faults.append(UploadFault("", 0, 1, "", message, remedy))
        return {}
    own = {}
    for path, content in sorted(unpacked.items()):
        parts = PurePosixPath(path).parts
        if any(part.startswith(".") or part in _BY_COMPUTERS for part in parts):
            plan.losses.append(
                Loss(path, "Your computer added this file when it packed the archive.")
            )
        else:
            own[path] = content
    folders = _find_folders_of_courses(own)
    if len(folders) > 1:
        message = f"The archive has files of {len(folders)} courses: {', '.join(folders)}."
        remedy = "Import the folders one by one."
        plan.faults.append(UploadFault("", 0, 1, "", message, remedy))
        return {}
    folder = f"{folders[0]}/" if folders and folders[0] else ""
    files = {}
    for path, content in own.items():
        inner = path.removeprefix(folder)
        if path.startswith(folder) and is_file_of_course(inner):
            files[inner] = content
        else:
            plan.losses.append(Loss(show_name(path), "This file is not part of a course."))
    return files


def _find_folders_of_courses(files: Mapping[str, bytes]) -> list[str]:
    """Return the folders at the top that hold files of a course; "" for the archive itself."""
    if any(map(is_file_of_course, files)):
        return [""]
    cut = (path.partition("/") for path in files)
    return sorted({top for top, _, inner in cut if is_file_of_course(inner)})


def _rename_course(files: dict[str, bytes], course: str) -> dict[str, bytes]:
    """Give a new course the name that somebody chose, if any."""
    old = find_course_name(files)
    if not course or old in ("", course):
        return files
    text = files[_COURSE].decode(errors="replace")
    return {**files, _COURSE: _ID.sub(f"id: {course}", text, count=1).encode()}


def _keep_out_ledger(path: str, content: bytes, now: Texts, plan: PlanInProgress) -> None:
    if content.decode(errors="replace") != now.get(path):
        reason = "It records checks and signatures, which count only where they were made."
        plan.losses.append(Loss(path, reason))


def _plan_file(path: str, text: str, now: Texts, plan: PlanInProgress) -> PlannedFile:
    file = PlannedFile(path, text, now.get(path))
    cleaned = clean_posted_text(text)
    if cleaned != text != file.before:
        plan.losses.append(Loss(path, "A line end is added at the end of the file."))
        return replace(file, text=cleaned)
    return file
