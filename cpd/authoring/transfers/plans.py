"""What an upload would change in a course, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cpd.authoring.drafts.rules.saving import hash_text
from cpd.content.frontmatter import Fault
from cpd.kernel import canonical


class FileState(StrEnum):
    """What an import does to a file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class PlannedFile:
    """A file as it would be, and as it is."""

    path: str
    text: str
    before: str | None
    """The text of its open draft, or else as published; None if there is no such file."""

    @property
    def state(self) -> FileState:
        """What an import does to it."""
        if self.before is None:
            return FileState.NEW
        return FileState.UNCHANGED if self.text == self.before else FileState.CHANGED


@dataclass(frozen=True, order=True)
class UploadFault:
    """What is wrong with an upload: in which file, line and column, and what to do about it."""

    file: str
    row: int
    """Of a table, as spreadsheet programs count; 0 where only the line is known."""
    line: int
    column: str
    message: str
    remedy: str

    @classmethod
    def from_fault(cls, fault: Fault) -> "UploadFault":
        """Return the fault of a file, which has no columns."""
        return cls(fault.file, 0, fault.line, "", fault.message, fault.remedy)


@dataclass(frozen=True)
class Loss:
    """Something in an upload that cannot be kept, such as a column."""

    name: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """Everything that an import would do, and what keeps it from doing anything."""

    files: Sequence[PlannedFile] = ()
    faults: Sequence[UploadFault] = ()
    losses: Sequence[Loss] = ()
    read_as: str = ""
    """How a table was read: its encoding and what separates its cells."""
    course: str = ""
    """The name of the course, also of a new one."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Photos that are to be stored, by path."""

    def list_files(self, state: FileState) -> list[PlannedFile]:
        """Return the files in one state, by path."""
        return sorted((it for it in self.files if it.state == state), key=lambda it: it.path)

    @property
    def written_files(self) -> list[PlannedFile]:
        """The files that get a draft or another text in theirs."""
        return self.list_files(FileState.NEW) + self.list_files(FileState.CHANGED)

    @property
    def can_be_imported(self) -> bool:
        """Whether there is anything to import, and nothing against it."""
        return bool(self.written_files or self.pictures) and not self.faults

    @property
    def digest(self) -> str:
        """A hash of what would be written over what."""
        return canonical.hash_json(
            [
                [it.path, hash_text(it.text), hash_text(it.before) if it.before is not None else ""]
                for it in self.written_files
            ]
            + [[path] for path in sorted(self.pictures)]
        )


@dataclass
class PlanInProgress:
    """A plan while an upload is being read."""

    files: list[PlannedFile] = field(default_factory=list)
    faults: list[UploadFault] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def finish(self, read_as: str = "") -> Plan:
        """Return the plan; files are listed even if there are faults."""
        faults, losses = tuple(sorted(self.faults)), tuple(self.losses)
        return Plan(tuple(self.files), faults, losses, read_as, pictures=self.pictures)


Texts = Mapping[str, str]
"""The text of each file of a course that has one, by path."""
